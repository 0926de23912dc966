import { checkWait, waitPart } from './bound.ts'
import type { WaitOptions } from './bound.ts'
import type { Counters } from './counters.ts'
import { Deadline } from './deadline.ts'
import { SerialError } from './errors.ts'
import { aborted, countsNothing, notOpen, repeated, timedOut } from './failures.ts'
import { checkText, checkUntil, toBytes, toSize } from './read-options.ts'
import type { ReadLineOptions, ReadUntilOptions } from './read-options.ts'
import { ReceiveBuffer } from './receive-buffer.ts'
import { mergeChanges, takeChanges, touchesLine } from './settings.ts'
import type { PortSettings, ReconfigureOptions } from './settings.ts'
import { checkQueue, takeOutputSignals } from './signals.ts'
import type { InputSignals, OutputSignals, Queue } from './signals.ts'
import type { TransportSync } from './transport.ts'
import { invalid, milliseconds } from './validate.ts'
import { anything, exactly, line, until, upTo } from './wants.ts'
import type { Want } from './wants.ts'

const waitAsSet: WaitOptions = {}

/**
 * An open serial port whose calls block the thread until they are done: {@link SerialPort} without promises. While a
 * call waits, nothing else runs on the thread, timers and signal handlers included; a `signal` is looked at when a
 * call begins.
 *
 * @example
 * ```ts
 * import { openSync } from 'baud'
 * import { createPair } from 'baud/virtual'
 *
 * const pair = await createPair()
 * {
 *   using port = openSync(pair.a, { baudRate: 9600, readTimeout: 100 })
 *   port.write('MEAS?\n')
 *   console.log(port.read(8).length) // 0
 * }
 * await pair.close()
 * ```
 */
export class SerialPortSync {
  /** What was opened. */
  readonly path: string
  readonly #transport: TransportSync
  readonly #buffer: ReceiveBuffer = new ReceiveBuffer()
  #settings: PortSettings
  #open = true
  #gone: SerialError | undefined

  /** Takes an open transport over. Users call `openSync()`. */
  constructor(transport: TransportSync) {
    this.path = transport.path
    this.#transport = transport
    this.#settings = transport.settings
  }

  /** False once `close()` was called. */
  get isOpen(): boolean {
    return this.#open
  }

  /** What is in force, with the speed that the device took. */
  get settings(): PortSettings {
    return this.#settings
  }

  /** Bytes that have arrived and were not read; 0 once closed. */
  get bytesToRead(): number {
    return this.#open ? this.#buffer.length + this.#transport.bytesToRead : 0
  }

  /** Bytes written that have not left this machine; 0 once closed. */
  get bytesToWrite(): number {
    return this.#open ? this.#transport.bytesToWrite : 0
  }

  /** See {@link SerialPort.read}. */
  read(options?: WaitOptions): Buffer
  /** See {@link SerialPort.read}. */
  read(size?: number, options?: WaitOptions): Buffer
  read(first?: number | WaitOptions, second?: WaitOptions): Buffer {
    if (typeof first === 'object') return this.#read(anything(), first)
    return this.#read(first === undefined ? anything() : upTo(toSize(first, 0)), second)
  }

  /** See {@link SerialPort.readExactly}. */
  readExactly(size: number, options?: WaitOptions): Buffer {
    return this.#read(exactly(toSize(size, 1)), options)
  }

  /** See {@link SerialPort.readUntil}. */
  readUntil(delimiter: string | Uint8Array, options: ReadUntilOptions = waitAsSet): Buffer {
    const { bytes, maxBytes } = checkUntil(delimiter, options)
    return this.#read(until(bytes, maxBytes), waitPart(options))
  }

  /** See {@link SerialPort.readLine}. */
  readLine(options: ReadLineOptions = waitAsSet): string {
    const { bytes, encoding, maxBytes } = checkText(options)
    return this.#read(line(bytes, maxBytes, encoding), waitPart(options))
  }

  /** The lines as they come; waits for ever unless a `timeout` is given. */
  *lines(options: ReadLineOptions = waitAsSet): Generator<string, void, undefined> {
    const { bytes, encoding, maxBytes } = checkText(options)
    const { signal, timeout = Infinity } = options
    while (this.#open) yield this.#read(line(bytes, maxBytes, encoding), { signal, timeout })
  }

  /** What arrives, in the chunks in which it comes. */
  *[Symbol.iterator](): Generator<Buffer, void, undefined> {
    while (this.#open) yield this.read({ timeout: Infinity })
  }

  #read<T>(want: Want<T>, options: WaitOptions = waitAsSet): T {
    const timeout = this.#begin('the read', options, this.#settings.readTimeout)
    const deadline = new Deadline(timeout)
    let result = want.take(this.#buffer)
    while (result === undefined) {
      const { left } = deadline
      const arrived = this.#gone === undefined ? this.#receive(want, left) : 0
      result = want.take(this.#buffer)
      if (result === undefined && (arrived === 0 || left === 0)) return this.#giveUp(want, timeout)
    }
    return result
  }

  /** Puts what arrives within the time into the buffer; the count is 0 when nothing did. */
  #receive(want: Want<unknown>, left: number): number {
    const silence =
      want.endsInSilence === true && this.#buffer.length > 0 ? this.#settings.interByteTimeout : Infinity
    try {
      const chunk = this.#transport.read(Math.min(left, silence))
      this.#buffer.push(chunk)
      return chunk.byteLength
    } catch (error) {
      if (!(error instanceof SerialError) || error.code !== 'DISCONNECTED') throw error
      this.#gone = error
      return 0
    }
  }

  /** The time is up or the device gone: what there is, where the read settles for that. */
  #giveUp<T>(want: Want<T>, timeout: number): T {
    const { length } = this.#buffer
    if (want.settleFor !== undefined && (this.#gone === undefined || length > 0))
      return want.settleFor(this.#buffer)
    throw this.#gone === undefined
      ? timedOut(this.path, 'the read', timeout, length)
      : repeated(this.#gone, length)
  }

  /** See {@link SerialPort.write}. */
  write(data: string | Uint8Array, options: WaitOptions = waitAsSet): number {
    const bytes = toBytes(data)
    const timeout = this.#begin('the write', options, this.#settings.writeTimeout)
    const taken = bytes.byteLength === 0 ? 0 : this.#transport.write(bytes, timeout)
    if (taken < bytes.byteLength) throw timedOut(this.path, 'the write', timeout, taken)
    return taken
  }

  /** See {@link SerialPort.drain}. */
  drain(options: WaitOptions = waitAsSet): void {
    const timeout = this.#begin('the drain', options, this.#settings.writeTimeout)
    if (!this.#transport.drain(timeout)) throw timedOut(this.path, 'the drain', timeout)
  }

  /** Checks what every waiting call is given, and returns the timeout to use. */
  #begin(what: string, options: WaitOptions, asSet: number): number {
    if (options !== waitAsSet) checkWait(options)
    this.#checkOpen()
    if (options.signal?.aborted === true) throw aborted(this.path, what, options.signal.reason, 0)
    return options.timeout ?? asSet
  }

  /** See {@link SerialPort.purge}. */
  purge(queue: Queue = 'both'): void {
    checkQueue(queue)
    this.#checkOpen()
    this.#transport.purge(queue)
    if (queue !== 'output') this.#buffer.clear()
  }

  /** See {@link SerialPort.getSignals}. */
  getSignals(): InputSignals {
    this.#checkOpen()
    return this.#transport.getSignals()
  }

  /** See {@link SerialPort.counters}. */
  counters(): Counters {
    this.#checkOpen()
    if (this.#transport.counters === undefined) throw countsNothing(this.path)
    return this.#transport.counters()
  }

  /** See {@link SerialPort.setSignals}. */
  setSignals(signals: OutputSignals): void {
    const taken = takeOutputSignals(signals)
    this.#checkOpen()
    this.#transport.setSignals(taken)
  }

  /** See {@link SerialPort.sendBreak}. */
  sendBreak(duration: number = 250): void {
    if (!milliseconds.accepts(duration) || duration === Infinity)
      throw invalid('duration', duration, milliseconds.allowed)
    this.#checkOpen()
    this.#transport.setSignals({ break: true })
    try {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, duration)
    } finally {
      this.#transport.setSignals({ break: false })
    }
  }

  /** See {@link SerialPort.reconfigure}. */
  reconfigure(changes: ReconfigureOptions): void {
    const taken = takeChanges(changes)
    const wanted = mergeChanges(this.#settings, taken)
    this.#checkOpen()
    if (touchesLine(taken)) this.#transport.reconfigure(wanted)
    this.#settings = Object.freeze({ ...wanted, baudRate: this.#transport.settings.baudRate })
  }

  /** See {@link SerialPort.close}. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#buffer.clear()
    this.#transport.close()
  }

  /** Closes the port at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close()
  }

  #checkOpen(): void {
    if (!this.#open) throw notOpen(this.path, 0)
  }
}
