import { setTimeout as sleep } from 'node:timers/promises'
import { SerialError } from '../errors.ts'
import type { SerialPort } from '../index.ts'

/** SCPI-99, volume 2, chapter 21: the numbers and texts of errors. */
const errors = {
  [-104]: 'Data type error',
  [-109]: 'Missing parameter',
  [-113]: 'Undefined header',
  [-222]: 'Data out of range',
  [-350]: 'Queue overflow',
} as const

type ErrorNumber = keyof typeof errors

const queueLength = 8
const slowestRate = 0.1
const fastestRate = 1000
/** A self-test takes its time, ms. */
const selfTestTime = 500

/** An answer, and how long it takes, ms. */
export interface Answer {
  readonly text: string
  readonly after?: number
}

type Handler = (parameter: string | undefined) => Answer | undefined

/**
 * A voltmeter with an SCPI interface. It does no I/O: it takes lines and gives answers, and `serve()` puts it on a port.
 * As SCPI has it, what it does not understand is not answered but noted in the error queue.
 */
export class Instrument {
  /** Milliseconds between measurements that it sends of its own accord; undefined while it does not. */
  interval: number | undefined
  #rate = 10
  #readings = 0
  #errors: ErrorNumber[] = []

  /** Headers in the long form; the capital letters alone are the short form. */
  readonly #commands: readonly (readonly [header: string, handler: Handler])[] = [
    ['*IDN?', () => ({ text: 'baud,Simulated voltmeter,0,1.0' })],
    ['*RST', () => this.#reset()],
    ['*CLS', () => this.#clear()],
    ['*OPC?', () => ({ text: '1' })],
    ['*TST?', () => ({ text: '0', after: selfTestTime })],
    ['MEASure:VOLTage?', () => ({ text: this.reading() })],
    ['CONFigure:RATE', (parameter) => this.#setRate(parameter)],
    ['CONFigure:RATE?', () => ({ text: String(this.#rate) })],
    ['INITiate', () => this.#start()],
    ['ABORt', () => this.#stop()],
    ['SYSTem:ERRor?', () => ({ text: this.#nextError() })],
  ]

  /** Acts on a line, of one command or several separated by semicolons. */
  receive(line: string): Answer[] {
    const commands = line.split(';').map((command) => command.trim())
    return commands.filter((command) => command !== '').flatMap((command) => this.#execute(command) ?? [])
  }

  #execute(command: string): Answer | undefined {
    const [header = '', parameter] = command.split(/\s+/, 2)
    const found = this.#commands.find(([pattern]) => matches(pattern, header))
    if (found === undefined) return this.#fail(-113)
    return found[1](parameter)
  }

  /** The next measurement: a slow sine with some noise, the same in each run. */
  reading(): string {
    const step = this.#readings++
    const noise = Math.sin(step * 12.9898) * 0.02
    return exponential(1.5 + Math.sin(step / 6) + noise)
  }

  #fail(number: ErrorNumber): undefined {
    if (this.#errors.length < queueLength) this.#errors.push(number)
    // The last place of a full queue says that there were more.
    else this.#errors[queueLength - 1] = -350
  }

  #nextError(): string {
    const number = this.#errors.shift()
    return number === undefined ? '0,"No error"' : `${number},"${errors[number]}"`
  }

  #setRate(parameter: string | undefined): undefined {
    if (parameter === undefined) return this.#fail(-109)
    const rate = Number(parameter)
    if (Number.isNaN(rate)) return this.#fail(-104)
    if (rate < slowestRate || rate > fastestRate) return this.#fail(-222)
    this.#rate = rate
    return this.interval === undefined ? undefined : this.#start()
  }

  #start(): undefined {
    this.interval = 1000 / this.#rate
  }

  #stop(): undefined {
    this.interval = undefined
  }

  #reset(): undefined {
    this.#stop()
    this.#rate = 10
  }

  #clear(): undefined {
    this.#errors = []
  }
}

/** Whether a header is the pattern's long or short form, in any case. */
function matches(pattern: string, header: string): boolean {
  const short = pattern.replaceAll(/[a-z]/g, '')
  const given = header.toUpperCase()
  return given === pattern.toUpperCase() || given === short
}

/** `+1.50000E+00`, as instruments write numbers. */
function exponential(value: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential(5).split('e')
  const power = Number(exponent)
  return `${value < 0 ? '' : '+'}${mantissa}E${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** How many bytes went through an end. */
export interface Traffic {
  received: number
  sent: number
}

/** Runs an instrument on a port until the port is closed, counting its bytes. */
export async function serve(port: SerialPort, instrument: Instrument, traffic: Traffic): Promise<void> {
  const say = async (text: string) => {
    traffic.sent += await port.write(`${text}\n`)
  }
  const sendReading = () => void say(instrument.reading()).catch(ignoreEnd)
  let timer: NodeJS.Timeout | undefined
  let { interval } = instrument
  try {
    for (;;) {
      const line = await port.readUntil('\n')
      traffic.received += line.length
      for (const { after, text } of instrument.receive(line.toString())) {
        if (after !== undefined) await sleep(after)
        await say(text)
      }
      if (instrument.interval === interval) continue
      interval = instrument.interval
      clearInterval(timer)
      if (interval !== undefined) timer = setInterval(sendReading, interval)
    }
  } catch (error) {
    ignoreEnd(error)
  } finally {
    clearInterval(timer)
  }
}

/** The end of the port is the end of the instrument, and no failure. */
function ignoreEnd(error: unknown): void {
  const ends: readonly unknown[] = ['PORT_NOT_OPEN', 'DISCONNECTED']
  if (!(error instanceof SerialError) || !ends.includes(error.code)) throw error
}
