import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { Incoming } from './incoming.ts'
import { checkWait, waitPart } from './bound.ts'
import type { WaitOptions } from './bound.ts'
import { Breaks } from './breaks.ts'
import type { Counters } from './counters.ts'
import { toDuplex } from './duplex.ts'
import { SerialError } from './errors.ts'
import { aborted, countsNothing, failed, notOpen, purged, rejection, repeated } from './failures.ts'
import { ignore, listen } from './listening.ts'
import { OutputQueue } from './output-queue.ts'
import { followListeners, tell } from './port-events.ts'
import type { SerialPortEvents } from './port-events.ts'
import { checkText, checkUntil, toBytes, toSize } from './read-options.ts'
import type { ReadLineOptions, ReadUntilOptions } from './read-options.ts'
import { ReadQueue } from './read-queue.ts'
import { ReceiveBuffer } from './receive-buffer.ts'
import { mergeChanges, takeChanges, touchesLine } from './settings.ts'
import type { PortSettings, ReconfigureOptions } from './settings.ts'
import { checkQueue, takeOutputSignals } from './signals.ts'
import type { InputSignals, OutputSignals, Queue } from './signals.ts'
import type { Transport } from './transport.ts'
import { invalid, milliseconds } from './validate.ts'
import type { Taken } from './validate.ts'
import { anything, exactly, line, until, upTo } from './wants.ts'
import type { Want } from './wants.ts'
import { WebStreams } from './web-streams.ts'

const waitAsSet: WaitOptions = {}
const waitForEver: WaitOptions = { timeout: Infinity }

/**
 * An open serial port.
 *
 * Bytes that arrive are kept until they are read. Every call that waits takes `timeout` and `signal`; a read that
 * times out or is aborted leaves the bytes for the next one. Calls may overlap: reads are served in the order in
 * which they were made, and so are writes.
 *
 * @example
 * ```ts
 * import { open } from 'baud'
 * import { createPair } from 'baud/virtual'
 *
 * const pair = await createPair()
 * await using port = await open(pair.a, { baudRate: 115200 })
 * await using device = await open(pair.b)
 *
 * await port.write('*IDN?\n')
 * console.log(await device.readLine({ timeout: 500 })) // *IDN?
 * await pair.close()
 * ```
 */
export class SerialPort extends EventEmitter<SerialPortEvents> {
  /** What was opened: a path or URL, without a `token` that stands in it. */
  readonly path: string
  /** Resolves when the port is closed, with the reason when it was not `close()`; never rejects. */
  readonly closed: Promise<SerialError | undefined>

  readonly #transport: Transport
  readonly #buffer: ReceiveBuffer = new ReceiveBuffer()
  readonly #reads: ReadQueue
  readonly #serveReads = (): void => this.#reads.arrived()
  readonly #outputs: OutputQueue
  readonly #streams: WebStreams
  readonly #breaks: Breaks
  #settings: PortSettings
  #state: 'open' | 'gone' | 'closed' = 'open'
  #paused = false
  #away = false
  #reason: SerialError | undefined
  #closing: Promise<void> | undefined
  #reconfiguring: Promise<void> = Promise.resolve()
  #resolveClosed: (reason: SerialError | undefined) => void = () => {}

  /** Takes an open transport over. Users call `open()`. */
  constructor(transport: Transport) {
    super()
    this.path = transport.path
    this.#transport = transport
    this.#settings = transport.settings
    this.#reads = new ReadQueue(this.path, this.#buffer, () => this.#regulate())
    this.#outputs = new OutputQueue(this.path, transport, (error) => this.#end(error))
    this.#breaks = new Breaks(transport)
    this.#streams = new WebStreams(this)
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    this.#followListeners()
    this.#start()
  }

  #start(): void {
    try {
      this.#transport.start({
        data: (chunk) => this.#arrived(chunk),
        signals: (signals) => this.#tellOfLine('signals', signals),
        lineError: (error) => this.#tellOfLine('lineError', error),
        end: (reason) => this.#end(reason),
        lost: (reason) => this.#lost(reason),
        found: (found) => this.#found(found),
      })
    } catch (error) {
      // Nobody gets the port.
      this.#outputs.end()
      throw error
    }
  }

  /** False from the moment that `close()` is called or the device is gone. */
  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** False while the device of a port that was opened with `reconnect: true` is away, and once the port is closed. */
  get isConnected(): boolean {
    return this.isOpen && !this.#away
  }

  /** What is in force, with the speed that the device took. */
  get settings(): PortSettings {
    return this.#settings
  }

  /** Bytes that have arrived and were not read; 0 once closed. */
  get bytesToRead(): number {
    return this.#buffer.length + (this.#paused && this.isOpen ? this.#transport.bytesToRead : 0)
  }

  /** How many bytes were read or purged so far: where the next one stands, as `LineError.offset` counts. */
  get position(): number {
    return this.#buffer.position
  }

  /**
   * Bytes given to `write()` that have not left this machine, as far as the system can tell: of a write that is under way, those
   * that the system has taken. 0 once closed.
   */
  get bytesToWrite(): number {
    return this.isOpen ? this.#outputs.waiting + this.#transport.bytesToWrite : 0
  }

  /**
   * Reads what is there, at least one byte.
   *
   * @returns the bytes; none when the time was up
   * @throws {@link SerialError} `ABORTED`, `DISCONNECTED`, `PORT_NOT_OPEN`, `INVALID_OPTION`
   */
  read(options?: WaitOptions): Promise<Buffer>
  /**
   * Reads `size` bytes, or fewer when the time is up or, with `interByteTimeout`, when the line falls silent.
   *
   * @param size - bytes, from 0
   * @returns the bytes; those that arrive later are the next read's
   * @throws {@link SerialError} `ABORTED`, `DISCONNECTED`, `PORT_NOT_OPEN`, `INVALID_OPTION`
   */
  read(size?: number, options?: WaitOptions): Promise<Buffer>
  read(first?: number | WaitOptions, second?: WaitOptions): Promise<Buffer> {
    // Not `async`, as the others that are called for every message: that costs a promise and three turns more.
    try {
      if (typeof first === 'object') return this.#read(anything(), first)
      return this.#read(first === undefined ? anything() : upTo(toSize(first, 0)), second)
    } catch (error) {
      return rejection(error)
    }
  }

  /**
   * Reads exactly `size` bytes.
   *
   * @param size - bytes, from 1
   * @throws {@link SerialError} `TIMEOUT` or `ABORTED` with `bytesTransferred`, the number that had arrived: they stay
   * for the next read; `DISCONNECTED`, `PORT_NOT_OPEN`, `INVALID_OPTION`
   */
  readExactly(size: number, options?: WaitOptions): Promise<Buffer> {
    try {
      return this.#read(exactly(toSize(size, 1)), options)
    } catch (error) {
      return rejection(error)
    }
  }

  /**
   * Reads up to and with the delimiter.
   *
   * @param delimiter - what to look for; text counts as UTF-8
   * @returns the bytes with the delimiter; `maxBytes` bytes when it is not among them
   * @throws {@link SerialError} as {@link SerialPort.readExactly}
   */
  async readUntil(delimiter: string | Uint8Array, options: ReadUntilOptions = waitAsSet): Promise<Buffer> {
    const { bytes, maxBytes } = checkUntil(delimiter, options)
    return this.#read(until(bytes, maxBytes), waitPart(options))
  }

  /**
   * Reads a line.
   *
   * @returns its text, without the line end (`\n`, or `\r\n`; see `lineEnd`)
   * @throws {@link SerialError} as {@link SerialPort.readExactly}
   */
  readLine(options: ReadLineOptions = waitAsSet): Promise<string> {
    try {
      const { bytes, encoding, maxBytes } = checkText(options)
      return this.#read(line(bytes, maxBytes, encoding), waitPart(options))
    } catch (error) {
      return rejection(error)
    }
  }

  /**
   * The lines as they come, until the port is closed; waits for ever unless a `timeout` is given. When the device
   * goes it throws `DISCONNECTED`, and a line without its end stays for `read()`. Leaving the loop leaves the port open.
   * A `signal`, or closing the port, ends a loop that waits.
   *
   * @throws {@link SerialError} `INVALID_OPTION`, at once
   */
  lines(options: ReadLineOptions = waitAsSet): AsyncGenerator<string, void, undefined> {
    const { bytes, encoding, maxBytes } = checkText(options)
    const { signal, timeout = Infinity } = options
    const limits = { signal, timeout }
    checkWait(limits)
    return this.#incoming(line(bytes, maxBytes, encoding), limits)
  }

  /** What arrives, in the chunks in which it comes, until the port is closed; throws `DISCONNECTED` when the device goes. */
  [Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    return this.#incoming(anything(), waitForEver)
  }

  #incoming<T>(want: Want<T>, options: WaitOptions): AsyncGenerator<T, void, undefined> {
    const { signal } = options
    const stop = new AbortController()
    const limits = { ...options, signal: stop.signal }
    return new Incoming<T>({
      take: () => (signal?.aborted === true ? undefined : this.#reads.take(want)),
      wait: async () => {
        const loop = { aborted: () => stop.abort(signal?.reason) }
        if (signal?.aborted === true) loop.aborted()
        // While it waits, and no longer: nobody says of a loop that is left in the middle that it has ended.
        if (signal !== undefined) listen(signal, loop)
        try {
          return await this.#next(() => this.#read(want, limits))
        } finally {
          if (signal !== undefined) ignore(signal, loop)
        }
      },
      stop: () => stop.abort(),
    })
  }

  /** The next result of a read; closing the port is their regular end. */
  async #next<T>(read: () => Promise<T>): Promise<IteratorResult<T, void>> {
    while (this.#state !== 'closed') {
      try {
        return { done: false, value: await read() }
      } catch (error) {
        if (!(error instanceof SerialError)) throw error
        if (error.code === 'PORT_NOT_OPEN') break
        // The device is looked for; what comes when it is back is read.
        if (error.code !== 'DISCONNECTED' || !this.isOpen) throw error
      }
    }
    return { done: true, value: undefined }
  }

  #read<T>(want: Want<T>, options: WaitOptions = waitAsSet): Promise<T> {
    if (options !== waitAsSet) checkWait(options)
    if (this.#state === 'closed') return Promise.reject(notOpen(this.path))
    return this.#reads.read(want, {
      timeout: options.timeout ?? this.#settings.readTimeout,
      interByteTimeout: this.#settings.interByteTimeout,
      signal: options.signal,
    })
  }

  /**
   * Sends bytes. The data is not to be changed before the promise settles.
   *
   * @param data - bytes, or text to be sent as UTF-8
   * @returns how many bytes were taken: all of them. They are on their way; `drain()` waits until they have left.
   * @throws {@link SerialError} `TIMEOUT`, `ABORTED`, `DISCONNECTED` or `PORT_NOT_OPEN`, each with `bytesTransferred`: so
   * many were taken, and the others will not be sent; `INVALID_OPTION`
   */
  write(data: string | Uint8Array, options: WaitOptions = waitAsSet): Promise<number> {
    try {
      const bytes = toBytes(data)
      const timeout = this.#checkOutput(options)
      return this.#outputs.write(bytes, timeout, options.signal)
    } catch (error) {
      return rejection(error)
    }
  }

  /**
   * Waits until the last bit of what was written has left the wire.
   *
   * @throws {@link SerialError} `TIMEOUT`, `ABORTED`, `DISCONNECTED`, `PORT_NOT_OPEN`, `INVALID_OPTION`
   */
  async drain(options: WaitOptions = waitAsSet): Promise<void> {
    const timeout = this.#checkOutput(options)
    await this.#outputs.drain(timeout, options.signal)
  }

  /** Returns the timeout to use. */
  #checkOutput(options: WaitOptions): number {
    if (options !== waitAsSet) checkWait(options)
    this.#checkOpen()
    return options.timeout ?? this.#settings.writeTimeout
  }

  /**
   * Drops bytes: what has arrived and was not read, what was written and has not left, or both. Writes that wait
   * fail with `ABORTED`.
   *
   * @throws {@link SerialError} `INVALID_OPTION`, `DISCONNECTED`, `PORT_NOT_OPEN`, `UNSUPPORTED`
   */
  async purge(queue: Queue = 'both'): Promise<void> {
    checkQueue(queue)
    this.#checkOpen()
    if (queue !== 'input') this.#outputs.stopAll((bytes) => purged(this.path, bytes))
    await this.#transport.purge(queue)
    if (queue === 'output') return
    this.#buffer.clear()
    // A read that has begun has nothing now, so no silence can end it.
    this.#reads.arrived()
    this.#regulate()
  }

  /**
   * The levels of the lines that come in.
   *
   * @throws {@link SerialError} `UNSUPPORTED` where there are none, as on a pseudo-terminal; `DISCONNECTED`, `PORT_NOT_OPEN`
   */
  async getSignals(): Promise<InputSignals> {
    this.#checkOpen()
    return this.#transport.getSignals()
  }

  /**
   * What the system has counted: bytes, changes of the lines, errors and breaks; also those that came too fast to be told
   * one by one. Linux, "TIOCGICOUNT" in ioctl_tty(2). Windows counts nothing; there baud does, and what came at once may be counted
   * once.
   *
   * @throws {@link SerialError} `UNSUPPORTED` where nothing is counted, as on a pseudo-terminal; `DISCONNECTED`, `PORT_NOT_OPEN`
   *
   * @example
   * ```ts
   * import { open } from 'baud'
   *
   * await using port = await open('/dev/ttyUSB0')
   * const before = await port.counters()
   * await port.read(1000, { timeout: 1000 })
   * const { framing = 0 } = await port.counters()
   * if (framing > (before.framing ?? 0)) console.error('this is not the right baud rate')
   * ```
   */
  async counters(): Promise<Counters> {
    this.#checkOpen()
    if (this.#transport.counters === undefined) throw countsNothing(this.path)
    return this.#transport.counters()
  }

  /**
   * Sets the lines that go out; those left out stay as they are. DTR and RTS given together change together.
   *
   * @throws {@link SerialError} `INVALID_OPTION`, `UNSUPPORTED`, `DISCONNECTED`, `PORT_NOT_OPEN`
   */
  async setSignals(signals: OutputSignals): Promise<void> {
    const taken = takeOutputSignals(signals)
    this.#checkOpen()
    this.#outputs.catchUp()
    await this.#transport.setSignals(taken)
  }

  /**
   * Holds the line in the break condition for a while, and releases it however the call ends; of calls that overlap, with
   * the last.
   *
   * @param duration - ms; default 250
   * @throws {@link SerialError} `INVALID_OPTION`, `ABORTED`, `UNSUPPORTED`, `DISCONNECTED`, `PORT_NOT_OPEN`
   */
  async sendBreak(duration: number = 250, options: Pick<WaitOptions, 'signal'> = waitAsSet): Promise<void> {
    if (!milliseconds.accepts(duration) || duration === Infinity)
      throw invalid('duration', duration, milliseconds.allowed)
    checkWait(options)
    const { signal } = options
    const checkSignal = () => {
      if (signal?.aborted === true) throw aborted(this.path, 'the break', signal.reason)
    }
    checkSignal()
    this.#checkOpen()
    this.#outputs.catchUp()
    await this.#breaks.hold(duration, signal)
    this.#checkOpen()
    checkSignal()
  }

  /**
   * Changes settings while the port is open; what is not named stays. Bytes already given to the system are sent
   * with whatever is in force when their turn comes: `drain()` first where that matters.
   *
   * @throws {@link SerialError} `INVALID_OPTION` before anything is touched; `UNSUPPORTED` when the device does not take a
   * value, the former settings being put back; `DISCONNECTED`, `PORT_NOT_OPEN`
   */
  async reconfigure(changes: ReconfigureOptions): Promise<void> {
    const taken = takeChanges(changes)
    // Refused at once, whatever is under way; and merged again with what that leaves, since changes may overlap.
    mergeChanges(this.#settings, taken)
    const done = this.#reconfiguring.then(() => this.#change(taken))
    this.#reconfiguring = done.catch(() => {})
    await done
  }

  async #change(taken: Taken<ReconfigureOptions>): Promise<void> {
    const wanted = mergeChanges(this.#settings, taken)
    this.#checkOpen()
    if (touchesLine(taken)) await this.#transport.reconfigure(wanted)
    this.#settings = Object.freeze({ ...wanted, baudRate: this.#transport.settings.baudRate })
  }

  /** What arrives, as a Web stream; cancelling it closes the port. Always the same stream. */
  get readable(): ReadableStream<Uint8Array> {
    return this.#streams.readable
  }

  /**
   * A Web stream to write to; closing it waits until all has left, and closes the port unless `readable` is in use.
   * Aborting it closes the port, and so does a write that fails, with `reconnect: true` also one while the device is away.
   * Always the same stream.
   */
  get writable(): WritableStream<string | Uint8Array> {
    return this.#streams.writable
  }

  /**
   * A Node stream over the port, which it closes when it is destroyed or has ended. A write that fails destroys it, with
   * `reconnect: true` also one while the device is away.
   */
  toDuplex(): Duplex {
    return toDuplex(this)
  }

  /** Lets the port keep the process alive, as it does from the start. */
  ref(): this {
    if (this.isOpen) this.#transport.ref()
    return this
  }

  /** Lets the process end although the port is open. */
  unref(): this {
    if (this.isOpen) this.#transport.unref()
    return this
  }

  /**
   * Closes the port: pending calls fail with `PORT_NOT_OPEN`, what was taken by `write()` still leaves as long as it moves,
   * and everything is given back to the system. May be called at any time, also again.
   */
  close(): Promise<void> {
    const wasOpen = this.isOpen
    this.#state = 'closed'
    if (wasOpen) this.#reads.fail((bytes) => notOpen(this.path, bytes))
    this.#buffer.clear()
    return this.#release(() => {
      this.#breaks.release()
      this.#outputs.stopAll((bytes) => notOpen(this.path, bytes))
    })
  }

  /** Closes the port at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** @param stop - ends what is under way; where that throws, as `cancelWrite()` of a transport may, all is given back as well */
  #release(stop: () => void): Promise<void> {
    this.#breaks.end()
    // Async from within: a transport of the user's may throw at once, or return nothing.
    const giveBack = async () => {
      try {
        stop()
      } finally {
        await this.#transport.close()
      }
    }
    this.#closing ??= giveBack().finally(() => {
      this.#outputs.end()
      this.#resolveClosed(this.#reason)
      tell(this, 'close', this.#reason)
    })
    return this.#closing
  }

  /** Not what a transport still says when it is being closed: 'close' is the last event. */
  #tellOfLine<E extends 'signals' | 'lineError'>(event: E, ...args: SerialPortEvents[E]): void {
    if (this.isOpen) tell(this, event, ...args)
  }

  #arrived(chunk: Uint8Array): void {
    if (!this.isOpen) return
    this.#buffer.pass(chunk, this.#serveReads)
    this.#regulate()
  }

  /** A transport that fails here has failed for good: whoever has just taken bytes, or brings them, is to hear nothing of it. */
  #regulate(): void {
    if (!this.isOpen) return
    try {
      this.#pauseOrResume()
    } catch (error) {
      this.#end(error)
    }
  }

  /** Pauses the transport when the buffer is full and nobody waits for more; resumes it at half. */
  #pauseOrResume(): void {
    const { receiveBufferSize } = this.#settings
    if (this.#paused) {
      if (!this.#reads.waiting && this.#buffer.length * 2 > receiveBufferSize) return
      this.#paused = false
      this.#transport.resume()
    } else if (this.#buffer.length >= receiveBufferSize && !this.#reads.waiting) {
      this.#paused = true
      this.#transport.pause()
    }
  }

  /** @param why - a transport of the user's may say anything */
  #end(why: unknown): void {
    if (!this.isOpen) return
    const reason = why instanceof SerialError ? why : failed(this.path, why)
    this.#state = 'gone'
    this.#reason = reason
    this.#reads.end(reason)
    // Should giving back fail, whoever calls close() hears of it.
    this.#release(() => this.#outputs.fail(reason)).catch(() => {})
  }

  /** What is under way fails; what comes later waits for the device, if it only reads. */
  #lost(reason: SerialError): void {
    if (!this.isOpen) return
    this.#away = true
    this.#reads.interrupt(reason)
    this.#outputs.fail(reason)
    this.#buffer.markGap()
    tell(this, 'disconnect', reason)
  }

  #found(path: string): void {
    if (!this.isOpen) return
    this.#away = false
    this.#settings = Object.freeze({ ...this.#settings, baudRate: this.#transport.settings.baudRate })
    tell(this, 'reconnect', path)
  }

  #followListeners(): void {
    followListeners(this, 'signals', (isHeard) => {
      if (this.isOpen) this.#transport.watchSignals(isHeard)
    })
  }

  /** Removes all listeners, or those of one event. */
  override removeAllListeners(event?: keyof SerialPortEvents): this {
    if (event !== undefined) return super.removeAllListeners(event)
    super.removeAllListeners()
    this.#followListeners()
    return this
  }

  #checkOpen(): void {
    if (!this.isOpen) throw this.#notOpen()
  }

  #notOpen(): SerialError {
    return this.#reason === undefined || this.#state === 'closed'
      ? notOpen(this.path, 0)
      : repeated(this.#reason, 0)
  }
}
