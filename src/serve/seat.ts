import { EventEmitter, setMaxListeners } from 'node:events'
import { SerialError } from '../errors.ts'
import { notOpen } from '../failures.ts'
import type { PortSettings, ReconfigureOptions } from '../index.ts'
import type { LineError } from '../line-errors.ts'
import { ReceiveBuffer } from '../receive-buffer.ts'
import type { Outputs, ServedPort } from '../rfc2217/server/index.ts'
import type { InputSignals, OutputSignals, Queue } from '../signals.ts'
import { Waiters } from '../waiters.ts'
import type { Log, Subject } from './log.ts'
import type { SharedPort } from './shared-port.ts'

/** Bytes that a client takes at a time. */
const pieceSize = 64 * 1024

/** Bytes of a client that wait for the port, from which on it is no more read, and its end not seen. */
const mostToWrite = 256 * 1024

/** What a write takes beside its bytes. */
const writeCost = 512

/** The options of the command line that are about the line, by the settings. */
const optionNames: Readonly<Partial<Record<string, string>>> = {
  baudRate: 'baud',
  dataBits: 'data-bits',
  stopBits: 'stop-bits',
  flowControl: 'flow',
}

interface SeatEvents {
  signals: [InputSignals]
  lineError: [LineError]
  /** The server has had enough of this client: why. */
  cut: [string]
}

/** What one client has of a shared port: all that is received, and, when it is its turn, everything else. */
export class Seat extends EventEmitter<SeatEvents> implements ServedPort {
  readonly subject: Subject
  /** Resolves when the client has left, or with the reason when the port has. */
  readonly closed: Promise<SerialError | undefined>
  readonly #shared: SharedPort
  readonly #log: Log
  readonly #buffer: ReceiveBuffer = new ReceiveBuffer()
  readonly #arrived: Waiters = new Waiters()
  /** Where in the stream of the port the buffer ends. */
  #end: number
  #isGoing = false
  #hasLeft = false
  readonly #hurry: AbortController = new AbortController()
  /** Ends what is still being written for it. */
  readonly #givenUp: AbortController = new AbortController()
  /** What it asked for and waits to be allowed. */
  #claims = 0
  #writes = 0
  #toWrite = 0
  readonly #written: Waiters = new Waiters()
  /** Bytes that were not sent. */
  #lost = 0
  /** What it is told each time that it may not; one for all, since it can ask for that thousands of times a second. */
  readonly #refusal: SerialError
  #resolveClosed: (reason: SerialError | undefined) => void = () => {}

  constructor(shared: SharedPort, subject: Subject, log: Log) {
    super()
    this.#shared = shared
    this.subject = subject
    this.#log = log
    this.#end = shared.position
    const { path } = shared
    this.#refusal = new SerialError('ACCESS_DENIED', `${path}: another client has the port`, { path })
    // Each write that waits listens to it.
    setMaxListeners(0, this.#givenUp.signal)
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    const follow = (event: unknown) => event === 'signals' && setImmediate(() => shared.followListeners())
    this.on('newListener' as keyof SeatEvents, follow)
    this.on('removeListener' as keyof SeatEvents, follow)
  }

  get path(): string {
    return this.#shared.path
  }

  get isOpen(): boolean {
    return !this.#hasLeft && this.#shared.isOpen
  }

  /** It is about to leave: nobody waits for it any more. */
  get isGoing(): boolean {
    return this.#isGoing
  }

  get settings(): PortSettings {
    return this.#shared.settings
  }

  get outputs(): Readonly<Outputs> {
    return this.#shared.outputs
  }

  get bytesToRead(): number {
    return this.#buffer.length
  }

  get bytesToWrite(): number {
    return this.#shared.bytesToWrite
  }

  get position(): number {
    return this.#end - this.#buffer.length
  }

  /** It has the port, and others wait for that. */
  get isInTheWay(): boolean {
    return this.#shared.isInTheWay(this)
  }

  /** The port takes less than the client sends, which is made to wait. */
  get isHeld(): boolean {
    return this.#toWrite >= mostToWrite
  }

  /** The port has received something. */
  push(chunk: Uint8Array, end: number): void {
    this.#buffer.push(chunk)
    this.#end = end
    this.#arrived.release()
  }

  /** The port is gone for good. */
  fail(reason: SerialError | undefined): void {
    this.#resolveClosed(reason)
    this.#arrived.release()
  }

  /** What has come, at least a byte. */
  async read({ signal }: { readonly signal: AbortSignal }): Promise<Buffer> {
    while (this.#buffer.length === 0) {
      if (!this.isOpen) throw notOpen(this.path)
      await this.#arrived.wait(signal)
    }
    const chunk = this.#buffer.take(pieceSize)
    this.#shared.taken(this)
    return chunk
  }

  /** Who may: the client whose turn it is; while one that had it goes, the others wait. */
  async #claim(what: string): Promise<void> {
    if (this.#hasLeft) throw notOpen(this.path)
    this.#claims++
    await this.#shared.handedOver(this).finally(() => this.#claims--)
    if (this.#shared.writer === this) return
    // It has gone before its turn came, and what it wanted to set concerns nobody.
    if (this.#isGoing) throw notOpen(this.path)
    this.#log.tell(this.subject, 'refused', `${what}: another client has the port, and this one watches`)
    throw this.#refusal
  }

  async write(data: Uint8Array, options?: { readonly signal: AbortSignal }): Promise<number> {
    this.#writes++
    this.#toWrite += data.byteLength + writeCost
    if (this.isHeld) this.#shared.watchOutput()
    try {
      await this.#claim(`${data.byteLength} bytes to be sent`)
      const signal = options?.signal ?? this.#givenUp.signal
      return await this.#shared.write(data, signal)
    } catch (error) {
      this.#count(error, data.byteLength)
      throw error
    } finally {
      this.#writes--
      this.#toWrite -= data.byteLength + writeCost
      if (this.#writes === 0) this.#written.release()
    }
  }

  /** A write has failed; what was refused is not lost. */
  #count(error: unknown, size: number): void {
    const failure = error instanceof SerialError ? error : undefined
    if (failure?.code === 'ACCESS_DENIED') return
    this.#lost += size - (failure?.bytesTransferred ?? 0)
    if (failure?.code === 'DISCONNECTED') this.#log.tell(this.subject, 'not sent', 'the device is away')
  }

  async reconfigure(changes: ReconfigureOptions): Promise<void> {
    const asked = Object.entries(changes).map(
      ([name, value]) => `${optionNames[name] ?? name} ${String(value as string | number)}`,
    )
    await this.#claim(asked.join(', '))
    try {
      await this.#shared.reconfigure(changes)
      this.#log.tell(this.subject, 'set', asked.join(', '))
    } catch (error) {
      this.#log.tell(this.subject, 'not set', `${asked.join(', ')}: ${(error as Error).message}`)
      throw error
    }
  }

  async setSignals(signals: OutputSignals): Promise<void> {
    const asked = Object.entries(signals).map(([name, level]) => `${name} ${level === true ? 'on' : 'off'}`)
    await this.#claim(asked.join(', '))
    await this.#shared.setOutputs(signals)
    this.#log.tell(this.subject, 'set', asked.join(', '))
  }

  getSignals(): Promise<InputSignals> {
    return this.#shared.inputs()
  }

  /** What has arrived is dropped for this client alone; what is being sent is the writer's. */
  async purge(queue: Queue): Promise<void> {
    if (queue !== 'output') this.#drop()
    await this.#claim(`purge of ${queue}`)
    await this.#shared.purge(queue)
    if (queue === 'output') return
    this.#drop()
    this.#end = this.#shared.position
  }

  /** The port goes on, where it was held up for what was not read. */
  #drop(): void {
    this.#buffer.clear()
    this.#shared.taken(this)
  }

  /** Aborts when what it has left behind is to leave soon, or not at all. */
  get hurried(): AbortSignal {
    return this.#hurry.signal
  }

  /** There is no time for what it leaves behind. */
  hurry(): void {
    this.#hurry.abort()
  }

  /** The client goes: those who come now wait until it has left. */
  going(): void {
    if (this.#isGoing) return
    this.#isGoing = true
    this.#tellLeft()
    this.#shared.release(this)
  }

  /** Bytes of its own that wait here to be written. */
  get #pending(): number {
    return this.#toWrite - this.#writes * writeCost
  }

  /** Bytes that a writer leaves to be sent when it goes. */
  get leftBehind(): number {
    return Math.max(this.#pending, this.bytesToWrite)
  }

  /** Where others would ask themselves why it is not their turn. */
  #tellLeft(): void {
    const bytes = this.leftBehind
    const seconds = Math.round((bytes * 10) / this.settings.baudRate)
    if (this.#shared.writer !== this || this.hurried.aborted || seconds < 2) return
    this.#log.tell(
      this.subject,
      'leaves behind',
      `${bytes} bytes for the device, which takes ${seconds} s for them`,
    )
  }

  /** The client has gone; resolves when the port is as it was before. */
  async leave(): Promise<void> {
    this.going()
    if (this.#hasLeft) return
    await this.#finish()
    this.#hasLeft = true
    this.#buffer.clear()
    await this.#shared.leave(this)
    // Also of one that has not waited for its turn.
    const lost = this.#lost + this.#pending
    if (lost > 0) this.#log.tell(this.subject, 'not sent', `${lost} bytes`)
    this.#resolveClosed(undefined)
  }

  /** It came while the one before it went, and has something to be done: that is not dropped, also when it goes. */
  get isOwedTurn(): boolean {
    return this.#claims > 0 && !this.hurried.aborted
  }

  /** Resolves when it has its turn, where it is owed one: only then there is time for what it leaves behind. */
  async turn(): Promise<void> {
    if (this.isOwedTurn) await this.#shared.handedOver(this, this.hurried).catch(() => {})
  }

  /** What it has written still leaves, while it moves. */
  async #finish(): Promise<void> {
    await this.turn()
    const wait = (signal: AbortSignal) => (this.#writes > 0 ? this.#written.wait(signal) : Promise.resolve())
    await this.#shared.lingering(this, this.#toWrite, wait).catch(() => {})
    this.#givenUp.abort()
  }
}
