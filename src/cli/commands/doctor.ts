import { SerialError, list, open } from '../../index.ts'
import { native } from '../../native/index.ts'
import type { Finding } from '../../native/index.ts'
import { parseTarget } from '../../url.ts'
import { exitCodes } from '../exit.ts'
import type { Stop } from '../stop.ts'
import { painter, print } from '../style.ts'
import type { Paint } from '../style.ts'

export interface DoctorFlags {
  readonly open: boolean
  readonly json?: boolean
}

/** What was found out about one port. */
interface Report {
  readonly path: string
  readonly findings: readonly Finding[]
  /** Whether it could be opened; absent when nobody tried. */
  readonly opens?: boolean
}

const nothing = 'no serial port found: is it plugged in, with a cable that carries data?'

/** All there is to say of a URL before it is opened. */
const notHere: Finding = {
  level: 'ok',
  topic: 'URL',
  message: 'there is nothing to look at but by opening it',
}

/** `baud doctor`: why a port can or can not be opened. */
export async function doctor(port: string | undefined, flags: DoctorFlags, stop: Stop): Promise<number> {
  const paths = port === undefined ? (await list()).map(({ path }) => path) : [port]
  const reports: Report[] = []
  for (const path of paths) {
    const report = await examine(path, flags.open, stop.signal)
    reports.push(report)
    if (flags.json !== true) await print(process.stdout, `${layOut(report, painter(process.stdout))}\n`)
  }
  if (flags.json === true) await print(process.stdout, `${JSON.stringify(reports, null, 2)}\n`)
  if (reports.length === 0) await print(process.stderr, `${nothing}\n`)
  return reports.length > 0 && reports.every(isWell) ? exitCodes.ok : exitCodes.failure
}

function isWell({ findings, opens }: Report): boolean {
  return opens ?? findings.every(({ level }) => level !== 'problem')
}

async function examine(path: string, opening: boolean, signal: AbortSignal): Promise<Report> {
  const findings = typeof parseTarget(path) === 'string' ? await native.diagnose(path) : [notHere]
  if (!opening) return { path, findings }
  const { finding, opens } = await tryToOpen(path, signal)
  return { path, findings: [...findings, finding], opens }
}

async function tryToOpen(path: string, signal: AbortSignal): Promise<{ finding: Finding; opens: boolean }> {
  try {
    const port = await open(path, { signal, restoreSettingsOnClose: true })
    await port.close()
    return { opens: true, finding: { level: 'ok', topic: 'open', message: 'it can be opened' } }
  } catch (error) {
    if (!(error instanceof SerialError) || error.code === 'ABORTED') throw error
    const message = `${error.code}: ${error.message}`
    return { opens: false, finding: { level: 'problem', topic: 'open', message } }
  }
}

const marks = { ok: ['green', '✓'], warning: ['yellow', '!'], problem: ['red', '✗'] } as const

function layOut({ findings, path }: Report, paint: Paint): string {
  const width = Math.max(...findings.map(({ topic }) => topic.length))
  const lines = findings.flatMap(({ advice, level, message, topic }) => {
    const [colour, mark] = marks[level]
    const line = `  ${paint(colour, mark)} ${topic.padEnd(width)}  ${message}`
    return advice === undefined ? [line] : [line, `    ${' '.repeat(width)}  ${paint('dim', `→ ${advice}`)}`]
  })
  return [paint('bold', path), ...lines].join('\n')
}
