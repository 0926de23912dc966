import { SerialError, open } from '../../index.ts'
import { createPair } from '../../virtual/index.ts'
import { sparkline } from '../demo/chart.ts'
import { Client } from '../demo/client.ts'
import { Transcript } from '../demo/transcript.ts'
import { exitCodes } from '../exit.ts'
import { Instrument, serve } from '../instrument.ts'
import type { Traffic } from '../instrument.ts'
import { bar } from '../progress.ts'
import type { Stop } from '../stop.ts'
import { count, print } from '../style.ts'

export interface DemoFlags {
  readonly seconds?: number
  readonly json?: boolean
}

/** `baud demo`: the main job without hardware, on both ends of a real pseudo-terminal. */
export async function demo(flags: DemoFlags, stop: Stop): Promise<number> {
  stop.allowInterrupt()
  const json = flags.json === true
  const transcript = new Transcript(json ? undefined : process.stdout)
  const seconds = flags.seconds ?? (transcript.isLive ? Infinity : 4)
  await using pair = await createPair()
  await using device = await open(pair.b)
  await using port = await open(pair.a, { baudRate: 115200 })
  const instrument: Traffic = { received: 0, sent: 0 }
  void serve(device, new Instrument(), instrument)
  const client = new Client(port, transcript)

  await transcript.say(`A simulated voltmeter is on ${pair.b}, and this program on ${pair.a}.`)
  await transcript.dim(`Both are real ports: try "baud doctor ${pair.a}" in a second window.`, '')
  const readings = await talkAndWatch(client, transcript, seconds, stop.signal)
  await settle(client, transcript)

  const bytes = { you: client.traffic, instrument }
  const agree = isSame(client.traffic, instrument)
  const { exchanges } = transcript
  const outcome = { ports: { you: pair.a, instrument: pair.b }, bytes, agree, readings, exchanges }
  if (json) await print(process.stdout, `${JSON.stringify(outcome, null, 2)}\n`)
  await sayTotals(transcript, client.traffic, instrument)
  return agree ? exitCodes.ok : exitCodes.failure
}

/** How many measurements came, until the time is up or somebody stops it. */
async function talkAndWatch(
  client: Client,
  transcript: Transcript,
  seconds: number,
  signal: AbortSignal,
): Promise<number> {
  const readings: number[] = []
  try {
    await talk(client, signal)
    await watch(client, transcript, seconds, signal, readings)
  } catch (error) {
    if (!signal.aborted || !(error instanceof SerialError) || error.code !== 'ABORTED') throw error
  }
  if (transcript.isLive) await transcript.say('')
  return readings.length
}

async function talk(client: Client, signal: AbortSignal): Promise<void> {
  const limits = { timeout: 1000, signal }
  await client.send('*IDN?', limits)
  await client.hear(limits)
  await client.send('MEAS:VOLT?', limits)
  await client.hear(limits)
  await client.send('MEAS:TEMP?', limits, 'a voltmeter does not know that')
  await client.hear({ timeout: 250, signal }, 'so there is no answer, and the port stays usable')
  await client.send('SYST:ERR?', limits)
  await client.hear(limits)
  await client.send('*TST?', limits, 'a self-test takes its time')
  await client.hear({ timeout: 200, signal })
  await client.hear(limits, 'late, but not lost')
}

/** Has measurements sent, and shows them as they come. */
async function watch(
  client: Client,
  transcript: Transcript,
  seconds: number,
  signal: AbortSignal,
  readings: number[],
): Promise<void> {
  const limits = { timeout: 1000, signal }
  await client.send('CONF:RATE 10', limits)
  await client.send('INIT', limits, 'from now on it sends measurements')
  do {
    const line = await client.readLine(limits)
    readings.push(Number(line))
    await showReading(transcript, line, readings)
  } while (transcript.elapsed < seconds)
}

const [lowest, highest] = [0, 3]

async function showReading(transcript: Transcript, line: string, readings: readonly number[]): Promise<void> {
  const volts = readings.at(-1) ?? 0
  if (!transcript.isLive) return transcript.add('received', line, bar(volts / highest, 24).trimEnd())
  const end = `  ${count(readings.length, 'reading')}, Ctrl-C ends `
  await transcript.redraw(
    `   ${volts.toFixed(3)} V  `,
    (room) => sparkline(readings.slice(-Math.min(Math.max(room, 1), 60)), lowest, highest),
    end,
  )
}

/** Stops the measurements. `*OPC?` is answered when all before it is done, so nothing is under way afterwards. */
async function settle(client: Client, transcript: Transcript): Promise<void> {
  const limits = { timeout: 2000 }
  await client.send('ABOR;*OPC?', limits)
  let line = ''
  while (line !== '1') line = await client.readLine(limits)
  await transcript.add('received', line, 'all is done')
}

/** Whether each end has received what the other has sent. */
function isSame(one: Traffic, other: Traffic): boolean {
  return one.sent === other.received && one.received === other.sent
}

function oneWay(from: string, sent: number, to: string, received: number): string {
  return `${sent === received ? '✓' : '✗'} ${from} sent ${count(sent)}, ${to} received ${count(received)}`
}

async function sayTotals(transcript: Transcript, you: Traffic, instrument: Traffic): Promise<void> {
  await transcript.say(
    '',
    oneWay('this program', you.sent, 'the instrument', instrument.received),
    oneWay('the instrument', instrument.sent, 'this program', you.received),
    '',
    'Next, with a device of your own:',
    '  baud list',
    '  baud monitor /dev/ttyUSB0 --baud 115200',
    '  npm start -- /dev/ttyUSB0 --baud 115200      the same, in a checkout of the source',
  )
}
