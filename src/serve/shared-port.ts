import { setMaxListeners } from 'node:events'
import { open } from '../index.ts'
import type { PortSettings, ReconfigureOptions, SerialPort } from '../index.ts'
import { lingering, timeOnLine } from '../rfc2217/server/index.ts'
import type { Outputs } from '../rfc2217/server/index.ts'
import type { InputSignals, OutputSignals, Queue } from '../signals.ts'
import { Distribution } from './distribution.ts'
import { inPieces, pieceSize } from './in-pieces.ts'
import { allOff, LentLine } from './lent-line.ts'
import type { Log, Subject } from './log.ts'
import { Seat } from './seat.ts'
import type { Share } from './share.ts'
import { Stall } from './stall.ts'
import { Turns } from './turns.ts'

/** Bytes of the port that wait here; the others wait in the system, or at the device. */
const receiveBufferSize = 64 * 1024

/** Somebody who was refused counts for so long (ms) as one that waits, beside what it takes to find the writer stuck. */
const refusalMemory = 60_000

/** Drivers hand their hardware so many bytes at a time, and of these nothing is seen; as `patience` in native/posix/device.ts has it. */
const hardwareSize = 512

/** A port and those who share it. All of them get what it receives; one has the rest, the writer. */
export class SharedPort {
  readonly #port: SerialPort
  readonly #share: Share
  readonly #log: Log
  readonly #subject: Subject
  readonly #line: LentLine
  readonly #turns: Turns
  readonly #received: Distribution
  /** Whether the device takes what the writer sends. */
  readonly #output: Stall
  /** Bytes that were taken of what was written. */
  #written = 0
  /** Writes that are under way. */
  #writes = 0
  readonly #over: AbortController = new AbortController()

  static async open(share: Share, log: Log, signal: AbortSignal): Promise<SharedPort> {
    const tellsErrors = share.doors.some(({ kind }) => kind === 'rfc2217')
    const port = await open(share.port, {
      ...share.options,
      reconnect: true,
      signal,
      receiveBufferSize,
      lineErrors: tellsErrors ? 'report' : 'ignore',
    })
    return new SharedPort(port, share, log)
  }

  private constructor(port: SerialPort, share: Share, log: Log) {
    // Each client that waits for its turn listens to it.
    setMaxListeners(0, this.#over.signal)
    this.#port = port
    this.#share = share
    this.#log = log
    this.#subject = { port: share.port }
    const raised = { dtr: share.options.dtr ?? true, rts: share.options.rts ?? true }
    this.#line = new LentLine(port, raised, (event, detail) => log.tell(this.#subject, event, detail))
    const { limits } = share
    const begins = (seat: Seat) => {
      this.#line.raise()
      log.tell(seat.subject, 'became writer')
    }
    const ends = (seat: Seat) => this.#putBack(seat)
    // So that it is known in the end whether the writer answers, or the device takes what it sends.
    const memory = refusalMemory + Math.max(limits.answer, limits.stall)
    this.#turns = new Turns({ begins, ends }, memory)
    this.#received = new Distribution(port, this.#turns, limits, (seat, why) => this.cut(seat, why))
    const stuck = () => this.#outputStuck()
    this.#output = new Stall(
      () => this.#patience,
      () => this.#outputNow(),
      stuck,
    )
    this.#listen()
    void this.#received.run(this.#over.signal)
  }

  #listen(): void {
    this.#port.on('lineError', (error) => this.#eachSeat((seat) => seat.emit('lineError', error)))
    this.#port.on('disconnect', (reason) => {
      this.#log.tell(this.#subject, 'device gone', reason.message)
      this.#eachSeat((seat) => seat.emit('signals', allOff))
    })
    this.#port.on('reconnect', (path) => void this.#returned(path))
  }

  async #returned(path: string): Promise<void> {
    this.#log.tell(this.#subject, 'device back', `as ${path}`)
    await this.#line.returned()
    this.#signals(await this.inputs())
  }

  #eachSeat(tell: (seat: Seat) => void): void {
    for (const seat of this.#turns.seats) tell(seat)
  }

  readonly #signals = (inputs: InputSignals): void => this.#eachSeat((seat) => seat.emit('signals', inputs))

  /** The lines are looked at while a client wants to know of them. */
  followListeners(): void {
    const wanted = [...this.#turns.seats].some((seat) => seat.listenerCount('signals') > 0)
    const isWatching = this.#port.listenerCount('signals') > 0
    if (wanted && !isWatching) this.#port.on('signals', this.#signals)
    if (!wanted && isWatching) this.#port.off('signals', this.#signals)
  }

  get path(): string {
    return this.#share.port
  }

  get isOpen(): boolean {
    return this.#port.isOpen
  }

  get settings(): PortSettings {
    return this.#line.settings
  }

  get bytesToWrite(): number {
    return this.#port.bytesToWrite
  }

  /** Where the next byte stands that the clients are given. */
  get position(): number {
    return this.#received.position
  }

  get outputs(): Readonly<Outputs> {
    return this.#line.outputs
  }

  get writer(): Seat | undefined {
    return this.#turns.writer
  }

  /** A client has taken something. */
  taken(seat: Seat): void {
    this.#received.taken(seat)
  }

  /** A client that the server has had enough of. */
  cut(seat: Seat, why: string): void {
    if (seat.isGoing) return
    seat.hurry()
    seat.going()
    this.#log.tell(seat.subject, 'cut off', why)
    seat.emit('cut', why)
  }

  /** The writer sends more than the device takes. That it has gone could not be seen behind what it has sent. */
  watchOutput(): void {
    this.#output.watch()
  }

  /** Waits for what a client has left behind, for as long as the line takes for it. */
  lingering(seat: Seat, toWrite: number, wait: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    // Writes that have not begun are among both.
    const bytes = Math.max(toWrite, this.#port.bytesToWrite)
    return lingering({ bytes, baudRate: this.settings.baudRate, hurry: seat.hurried }, wait)
  }

  #outputNow(): string | undefined {
    const { writer } = this
    const isOwed = writer !== undefined && (writer.isHeld || writer.isGoing)
    return isOwed ? `${this.#written} ${this.#port.bytesToWrite}` : undefined
  }

  /** So long (ms) may the output stand still: for as long at least as the line takes for what is not seen to move. */
  get #patience(): number {
    const unseen = this.#writes > 0 ? pieceSize : hardwareSize
    return Math.max(this.#share.limits.stall, timeOnLine(unseen, this.settings.baudRate))
  }

  #outputStuck(): void {
    if (!this.#turns.isAwaited || this.writer === undefined || !this.#port.isConnected) return
    const seconds = Math.round(this.#patience / 100) / 10
    if (this.writer.isGoing) this.writer.hurry()
    else this.cut(this.writer, `the device takes nothing of it, and others have waited ${seconds} s for it`)
  }

  // Whose turn it is

  /** Gives a client a place; undefined where another has the port and nobody may watch. */
  join(subject: Subject): Seat | undefined {
    const turns = this.#turns
    if (turns.isTaken && !this.#share.watchers) {
      turns.refused()
      return undefined
    }
    const seat = new Seat(this, subject, this.#log)
    if (!turns.join(seat)) this.#tellPlace(seat)
    return seat
  }

  /** One has the port already, or has gone and is waited for. */
  #tellPlace({ subject }: Seat): void {
    const { writer } = this
    if (writer?.isGoing !== true) return this.#log.tell(subject, 'watches')
    this.#log.tell(subject, 'waits', `${writer.leftBehind} bytes of ${writer.subject.peer} still leave`)
  }

  /** A client has the port for which others wait. */
  isInTheWay(seat: Seat): boolean {
    return seat === this.writer && this.#turns.isAwaited
  }

  /** A client begins to go. */
  release(seat: Seat): void {
    this.#turns.going(seat)
    this.#received.going()
    this.#output.watch()
  }

  /** Resolves when the port is in somebody's hands; for the one that goes, that is now. */
  handedOver(seat: Seat, signal: AbortSignal = this.#over.signal): Promise<void> {
    return this.#turns.handedOver(seat, signal)
  }

  /** A client has gone; resolves when the port is as it was before, or another's. */
  async leave(seat: Seat): Promise<void> {
    const left = this.#turns.leave(seat)
    this.followListeners()
    await left
  }

  async #putBack(seat: Seat): Promise<void> {
    try {
      await this.lingering(seat, 0, (signal) => this.#port.drain({ timeout: Infinity, signal }))
    } catch {
      // Of a device that is away each write has told.
      const what = `${this.#port.bytesToWrite} bytes that the device does not take`
      if (this.#port.isConnected) this.#log.tell(seat.subject, 'not sent', what)
      await this.#port.purge('output').catch(() => {})
    }
    await this.#line.restore()
  }

  // What the writer does

  /** In pieces, since whether a write moves is known only when it is done. */
  write(data: Uint8Array, signal: AbortSignal): Promise<number> {
    this.#writes++
    return inPieces(data, async (piece) => {
      const taken = await this.#port.write(piece, { timeout: Infinity, signal })
      this.#written += taken
      return taken
    }).finally(() => this.#writes--)
  }

  async reconfigure(changes: ReconfigureOptions): Promise<void> {
    await this.#port.reconfigure(changes)
  }

  setOutputs(signals: OutputSignals): Promise<void> {
    return this.#line.setOutputs(signals)
  }

  /** The lines that come in; all off where there are none, or the device is away. */
  inputs(): Promise<InputSignals> {
    return this.#line.inputs()
  }

  purge(queue: Queue): Promise<void> {
    return this.#port.purge(queue)
  }

  /** Ends the sharing, when all clients have left. */
  async close(): Promise<void> {
    this.#over.abort()
    this.#output.end()
    this.#eachSeat((seat) => seat.fail(undefined))
    await this.#port.close()
  }
}
