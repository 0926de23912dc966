import { SerialError } from '../../errors.ts'
import { aborted, notOpen, repeated, unsupported } from '../../failures.ts'
import type { LineSettings, PortSettings } from '../../settings.ts'
import { signalsDiffer } from '../../signals.ts'
import type { InputSignals, OutputSignals, Queue } from '../../signals.ts'
import { checkSettings } from '../../tcp/index.ts'
import type { Address } from '../../tcp/index.ts'
import type { Transport, TransportSink } from '../../transport.ts'
import type { Message } from '../com-port.ts'
import {
  control,
  controlOf,
  dataBits,
  flow,
  lineErrors,
  lineState,
  parity,
  queues,
  signalsOf,
  stopBits,
} from '../values.ts'
import { Arrivals } from './arrivals.ts'
import { Link } from './link.ts'
import type { Outgoing } from './link.ts'
import { Requests } from './requests.ts'
import type { Subject } from './requests.ts'

/** Which server, and what is known of its ways. */
export interface Server {
  readonly path: string
  /** Its time-out is also that for each answer. */
  readonly address: Address
  /** What is asked of the control lines and flow control is not waited for. */
  readonly ignoresControl: boolean
  /** It has to be asked for the input lines each time. */
  readonly pollsModem: boolean
}

/** Bytes that are kept for a reader who is paused, before the server is made to wait. */
const mostHeld = 64 * 1024

/** As much while an answer is waited for, which stands behind them. */
const mostHeldForAnswer = 1024 * 1024

/** The largest chunk that the sink is given. */
const chunkSize = 64 * 1024

/** What is asked of the server for each setting, in the order in which it is sent. */
const lineMessages: Readonly<
  Record<keyof LineSettings, (line: LineSettings) => readonly [Subject, Outgoing, number]>
> = {
  baudRate: ({ baudRate }) => ['baudRate', ['baudRate', baudRate], baudRate],
  dataBits: (line) => setting('dataBits', dataBits.numberOf(line.dataBits)),
  parity: (line) => setting('parity', parity.numberOf(line.parity)),
  stopBits: (line) => setting('stopBits', stopBits.numberOf(line.stopBits)),
  flowControl: (line) => {
    const value = flow.numberOf(line.flowControl)
    return ['flow', ['control', value], value]
  },
}

function setting(
  subject: 'dataBits' | 'parity' | 'stopBits',
  value: number,
): readonly [Subject, Outgoing, number] {
  return [subject, [subject, value], value]
}

const lineNames = Object.keys(lineMessages) as (keyof LineSettings)[]

/** A serial port of another machine. */
export class Rfc2217Port implements Transport {
  readonly path: string
  settings: PortSettings
  readonly #server: Server
  readonly #requests: Requests
  readonly #arrivals: Arrivals
  #link: Link | undefined
  #sink: TransportSink | undefined
  #reason: SerialError | undefined
  #isWatching = false
  /** As the server told it last. */
  #inputs: InputSignals | undefined
  /** How many purges of what was received are under way. */
  #purges = 0
  #closing: Promise<void> | undefined

  static async open(
    server: Server,
    settings: PortSettings,
    signal: AbortSignal | undefined,
  ): Promise<Rfc2217Port> {
    const port = new Rfc2217Port(server, settings)
    await port.#open(signal)
    return port
  }

  private constructor(server: Server, settings: PortSettings) {
    this.path = server.path
    this.settings = settings
    this.#server = server
    this.#requests = new Requests(server.path, server.address.timeout)
    this.#arrivals = new Arrivals(Math.min(chunkSize, settings.receiveBufferSize))
  }

  async #open(signal: AbortSignal | undefined): Promise<void> {
    const sink = {
      data: (bytes: Uint8Array) => this.#arrived(bytes),
      message: (message: Message) => this.#take(message),
      hasRoom: () => this.#hasRoom,
      end: (reason: SerialError) => this.#end(reason),
    }
    const link = await Link.open(this.path, this.#server.address, sink, signal)
    this.#link = link
    const giveUp = () => this.#requests.fail(() => aborted(this.path, 'the opening', signal?.reason))
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      await this.#begin()
    } catch (error) {
      link.connection.destroy()
      throw error
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** Everything that the options ask for, in one go. */
  async #begin(): Promise<void> {
    const { dtr, lineErrors: errors, rts } = this.settings
    // pySerial's server answers neither of the first two, and nobody needs the answers.
    this.#tell(['modemStateMask', 255], ['lineStateMask', errors === 'report' ? errorMask : 0])
    const [baudRate] = await Promise.all([
      this.#applied(lineNames, this.settings),
      this.#setOutputs({ dtr, rts }),
    ])
    this.settings = Object.freeze({ ...this.settings, baudRate })
  }

  get bytesToRead(): number {
    return this.#arrivals.length
  }

  get bytesToWrite(): number {
    return this.#link?.connection.writer.waiting ?? 0
  }

  start(sink: TransportSink): void {
    this.#sink = sink
    this.#arrivals.start(sink)
  }

  pause(): void {
    this.#arrivals.pause()
  }

  resume(): void {
    this.#arrivals.resume()
    this.#readOn()
  }

  #readOn(): void {
    if (this.#hasRoom) this.#link?.connection.resume()
  }

  /** Reading goes on behind a paused reader as long as there is an answer to come. */
  get #hasRoom(): boolean {
    return this.#arrivals.length < (this.#requests.waiting ? mostHeldForAnswer : mostHeld)
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#purges === 0) this.#arrivals.data(bytes)
  }

  #take({ command, text, value }: Message): void {
    if (command === 'modemState') this.#takeModemState(value)
    else if (command === 'lineState') this.#takeLineState(value)
    else if (command === 'control') this.#takeControl(value)
    else if (command === 'signature' && text === '') this.#tell(['signature', 0, 'baud'])
    else this.#requests.answer(command, value)
  }

  #takeControl(value: number): void {
    const subject = controlOf(value)
    if (subject === undefined || this.#server.ignoresControl) return
    // Nobody asks for flow control of what is received; ser2net answers about it where DSR's, which has both ways, was asked.
    this.#requests.answer(subject === 'flowIn' ? 'flow' : subject, value)
  }

  #takeModemState(state: number): void {
    const before = this.#inputs
    const now = signalsOf(state)
    this.#inputs = now
    this.#requests.answer('modemState', state)
    // The low half of it are changes, also those that are over.
    const isNews = (state & 0x0f) !== 0 || before === undefined || signalsDiffer(now, before)
    if (this.#isWatching && isNews) this.#sink?.signals(now)
  }

  #takeLineState(state: number): void {
    if (this.settings.lineErrors === 'ignore') return
    for (const kind of lineErrors) if ((state & lineState[kind]) !== 0) this.#arrivals.lineError(kind)
  }

  #tell(...messages: Outgoing[]): void {
    if (this.#reason !== undefined) throw repeated(this.#reason)
    this.#link?.tell(...messages)
  }

  /** Asks for things, all at once, and resolves to the answers. */
  #ask(asked: readonly (readonly [Subject, Outgoing, number])[]): Promise<number[]> {
    this.#tell(...asked.map(([, message]) => message))
    const answers = Promise.all(
      asked.map(async ([subject, [command], wanted]) => {
        if (command === 'control' && this.#server.ignoresControl) return wanted
        return this.#requests.expect(subject, wanted)
      }),
    )
    this.#readOn()
    return answers
  }

  write(data: Uint8Array): number | Promise<number> {
    if (this.#link === undefined) throw notOpen(this.path)
    return this.#link.connection.writer.write(data)
  }

  cancelWrite(): void {
    this.#link?.connection.writer.cancel()
  }

  /** When the server has read everything: it answers what is asked behind it. What its device still has, nobody tells. */
  async drain(signal: AbortSignal): Promise<void> {
    await this.#link?.connection.writer.drain(signal)
    this.#tell(['baudRate', 0])
    const answered = this.#requests.expectUntil(signal, 'baudRate', 0)
    this.#readOn()
    await answered
  }

  /** What arrives before the server has answered was on its way when it purged. */
  async purge(queue: Queue): Promise<void> {
    const value = queues.numberOf(queue)
    if (queue === 'output') return void (await this.#ask([['purge', ['purge', value], value]]))
    this.#purges++
    this.#arrivals.clear()
    try {
      await this.#ask([['purge', ['purge', value], value]])
    } finally {
      this.#purges--
    }
  }

  async reconfigure(settings: PortSettings): Promise<void> {
    checkSettings(this.path, settings)
    const former = this.settings
    const changes = lineNames.filter((name) => settings[name] !== former[name])
    try {
      const baudRate = await this.#applied(changes, settings)
      this.settings = Object.freeze({ ...settings, baudRate })
    } catch (error) {
      if (error instanceof SerialError && error.code === 'UNSUPPORTED') await this.#putBack(changes, former)
      throw error
    }
  }

  async #putBack(changes: readonly (keyof LineSettings)[], former: LineSettings): Promise<void> {
    // The failure that led here is the one to tell.
    await this.#applied(changes, former).catch(() => {})
  }

  /** Asks for settings; resolves to the baud rate in force, which the server chooses. */
  async #applied(names: readonly (keyof LineSettings)[], line: LineSettings): Promise<number> {
    const asked = names.map((name) => lineMessages[name](line))
    const answers = await this.#ask(asked)
    let { baudRate } = line
    for (const [index, name] of names.entries()) {
      const answer = answers[index]
      if (name === 'baudRate') baudRate = answer || baudRate
      else if (answer !== asked[index]?.[2]) throw this.#notTaken(name, line[name])
    }
    return baudRate
  }

  #notTaken(name: string, value: string | number): SerialError {
    return unsupported(this.path, `the server's port does not take ${name} ${value}`)
  }

  async getSignals(): Promise<InputSignals> {
    if (this.#inputs === undefined || this.#server.pollsModem) {
      const [state = 0] = await this.#ask([['modemState', ['modemState'], 0]])
      return signalsOf(state)
    }
    if (this.#reason !== undefined) throw repeated(this.#reason)
    return this.#inputs
  }

  async setSignals(signals: OutputSignals): Promise<void> {
    await this.#setOutputs(signals)
  }

  async #setOutputs(signals: OutputSignals): Promise<void> {
    const lines = (['dtr', 'rts', 'break'] as const).filter((line) => signals[line] !== undefined)
    if (lines.length === 0) return
    const asked = lines.map((line) => {
      const value = signals[line] === true ? control[line].on : control[line].off
      return [line, ['control', value], value] as const
    })
    const answers = await this.#ask(asked)
    const wrong = lines.find((line, index) => !isDone(line, asked[index]?.[2], answers[index]))
    if (wrong !== undefined) throw this.#notSet(wrong)
  }

  #notSet(line: string): SerialError {
    const message = `${this.path}: the server answers that it has not set ${line} as it was asked`
    return new SerialError('REMOTE', message, { path: this.path })
  }

  watchSignals(on: boolean): void {
    this.#isWatching = on
  }

  ref(): void {
    this.#link?.connection.ref()
  }

  unref(): void {
    this.#link?.connection.unref()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const link = this.#link
    if (this.settings.hangupOnClose && this.#reason === undefined)
      link?.tell(['control', control.dtr.off], ['control', control.rts.off])
    this.#link = undefined
    this.#sink = undefined
    this.#arrivals.close()
    this.#requests.fail(() => notOpen(this.path))
    await link?.connection.close()
  }

  #end(reason: SerialError): void {
    this.#reason = reason
    this.#requests.fail(() => repeated(reason))
    this.#arrivals.end(reason)
  }
}

/**
 * Whether the answer about a line says that it was set as asked. ser2net (4.3) says of each break that it is on, also when
 * it has ended it.
 */
function isDone(
  line: 'dtr' | 'rts' | 'break',
  asked: number | undefined,
  answer: number | undefined,
): boolean {
  return answer === asked || (line === 'break' && answer === control.break.on)
}

/** What the server is to tell of the line, where errors are reported. */
const errorMask = lineErrors.reduce((mask, kind) => mask | lineState[kind], 0)
