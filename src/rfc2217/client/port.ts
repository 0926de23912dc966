import type { SerialError } from '../../errors.ts'
import { aborted, notOpen, repeated } from '../../failures.ts'
import type { PortSettings } from '../../settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../../signals.ts'
import { checkSettings } from '../../tcp/index.ts'
import type { Address } from '../../tcp/index.ts'
import type { Transport, TransportSink } from '../../transport.ts'
import type { Message } from '../com-port.ts'
import { control, lineErrors, lineState, queues } from '../values.ts'
import { Arrivals } from './arrivals.ts'
import { Link } from './link.ts'
import type { Outgoing } from './link.ts'
import { RemoteLine } from './remote-line.ts'
import type { Asked } from './remote-line.ts'
import { Requests } from './requests.ts'

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

/**
 * As much while the port is opened: a device may have talked for long before, and more than a system holds on the way comes before the
 * first answer. Source: Linux, tcp(7), tcp_rmem and tcp_wmem, 6 and 4 MB.
 */
const mostHeldForOpening = 16 * 1024 * 1024

/** The largest chunk that the sink is given. */
const chunkSize = 64 * 1024

/** A serial port of another machine. */
export class Rfc2217Port implements Transport {
  readonly path: string
  settings: PortSettings
  readonly #server: Server
  readonly #requests: Requests
  readonly #arrivals: Arrivals
  readonly #line: RemoteLine
  #link: Link | undefined
  #sink: TransportSink | undefined
  #reason: SerialError | undefined
  #isOpening = true
  #isWatching = false
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
    this.#line = new RemoteLine(server.path, (asked) => this.#ask(asked), this.#requests)
  }

  async #open(signal: AbortSignal | undefined): Promise<void> {
    const sink = {
      data: (bytes: Uint8Array) => this.#arrived(bytes),
      message: (message: Message) => this.#take(message),
      sign: () => this.#requests.renew(),
      hasRoom: () => this.#hasRoom,
      end: (reason: SerialError) => this.#end(reason),
    }
    const link = await Link.open(this.path, this.#server.address, sink, signal)
    this.#link = link
    const giveUp = () => this.#requests.fail(() => aborted(this.path, 'the opening', signal?.reason))
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      // Between the negotiation and this, nobody listened.
      if (signal?.aborted === true) throw aborted(this.path, 'the opening', signal.reason)
      await this.#begin()
    } catch (error) {
      link.connection.destroy()
      throw error
    } finally {
      this.#isOpening = false
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** Everything that the options ask for, in one go. */
  async #begin(): Promise<void> {
    const errors = this.settings.lineErrors === 'report' ? errorMask : 0
    // pySerial's server answers neither of the two, and nobody needs the answers.
    this.#tell(['modemStateMask', 255], ['lineStateMask', errors])
    this.settings = await this.#line.begin(this.settings)
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
    return this.#arrivals.length < this.#most
  }

  get #most(): number {
    if (this.#isOpening) return mostHeldForOpening
    return this.#requests.waiting ? mostHeldForAnswer : mostHeld
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#purges === 0) this.#arrivals.data(bytes)
  }

  #take({ command, value }: Message): void {
    if (command === 'modemState') this.#takeModemState(value)
    else if (command === 'lineState') this.#takeLineState(value)
    else if (command === 'control') {
      if (!this.#server.ignoresControl) this.#line.takeControl(value)
    } else this.#requests.answer(command, value)
  }

  #takeModemState(state: number): void {
    const news = this.#line.takeModemState(state)
    if (this.#isWatching && news !== undefined) this.#sink?.signals(news)
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
  #ask(asked: readonly Asked[]): Promise<number[]> {
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
    this.settings = await this.#line.change(this.settings, settings)
  }

  async getSignals(): Promise<InputSignals> {
    if (this.#reason !== undefined) throw repeated(this.#reason)
    return this.#line.inputs(this.#server.pollsModem)
  }

  setSignals(signals: OutputSignals): Promise<void> {
    return this.#line.setOutputs(signals)
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

/** What the server is to tell of the line, where errors are reported. */
const errorMask = lineErrors.reduce((mask, kind) => mask | lineState[kind], 0)
