import { SerialError } from '../errors.ts'
import { open } from '../index.ts'
import type { LineSettings, PortSettings, ReconfigureOptions, SerialPort } from '../index.ts'
import type { Outputs } from '../rfc2217/server/index.ts'
import type { InputSignals, OutputSignals, Queue } from '../signals.ts'
import { Waiters } from '../waiters.ts'
import type { Log, Subject } from './log.ts'
import { Seat } from './seat.ts'
import type { Share } from './share.ts'
import { Stall } from './stall.ts'

/** Bytes of the port that wait here; the others wait in the system, or at the device. */
const receiveBufferSize = 64 * 1024

/** What was given to the system is given so long to leave before the settings are put back, in ms. */
const patience = 2000

const allOff: InputSignals = { cts: false, dsr: false, dcd: false, ri: false }

/**
 * A port and those who share it. All of them get what it receives. One has the rest, the writer: the first that came, and
 * when it has gone and all is put back, the one that has waited longest.
 */
export class SharedPort {
  readonly #port: SerialPort
  readonly #share: Share
  readonly #log: Log
  readonly #subject: Subject
  /** In the order in which they came. */
  readonly #seats: Set<Seat> = new Set()
  #writer: Seat | undefined
  /** Those that wait for the port to be handed over, while it is. */
  readonly #handover: Waiters = new Waiters()
  #isHandedOver = true
  /** Whoever waits until the writer takes something. */
  readonly #room: Waiters = new Waiters()
  /** Whether the device takes what the writer sends. */
  readonly #output: Stall
  /** Bytes that were taken of what was written. */
  #written = 0
  /** Somebody was refused while this writer has the port. */
  #isWanted = false
  readonly #over: AbortController = new AbortController()
  readonly #former: LineSettings
  /** A writer has gone while the device was away. */
  #isUnrestored = false
  /** What is on of DTR and RTS while there is a writer. */
  readonly #raised: { readonly dtr: boolean; readonly rts: boolean }
  #outputs: Outputs = { dtr: false, rts: false, break: false }
  /** Where the next byte stands that the clients are given. */
  position = 0

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
    this.#port = port
    this.#share = share
    this.#log = log
    this.#subject = { port: share.port }
    this.#former = port.settings
    this.#raised = { dtr: share.options.dtr ?? true, rts: share.options.rts ?? true }
    const stuck = () => this.#outputStuck()
    this.#output = new Stall(share.limits.stall, () => this.#outputNow(), stuck)
    this.#listen()
    // Nobody is there yet.
    void this.#apply({ dtr: false, rts: false })
    void this.#pump()
  }

  #listen(): void {
    this.#port.on('lineError', (error) => this.#eachSeat((seat) => seat.emit('lineError', error)))
    this.#port.on('disconnect', (reason) => {
      this.#log.tell(this.#subject, 'device gone', reason.message)
      this.#eachSeat((seat) => seat.emit('signals', allOff))
    })
    this.#port.on('reconnect', (path) => void this.#returned(path))
  }

  #eachSeat(tell: (seat: Seat) => void): void {
    for (const seat of this.#seats) tell(seat)
  }

  readonly #signals = (inputs: InputSignals): void => this.#eachSeat((seat) => seat.emit('signals', inputs))

  /** The lines are looked at while a client wants to know of them. */
  followListeners(): void {
    const wanted = [...this.#seats].some((seat) => seat.listenerCount('signals') > 0)
    const isWatching = this.#port.listenerCount('signals') > 0
    if (wanted && !isWatching) this.#port.on('signals', this.#signals)
    if (!wanted && isWatching) this.#port.off('signals', this.#signals)
  }

  async #returned(path: string): Promise<void> {
    this.#log.tell(this.#subject, 'device back', `as ${path}`)
    if (this.#isUnrestored) await this.#restoreSettings()
    await this.#apply(this.#outputs)
    const inputs = await this.inputs()
    this.#eachSeat((seat) => seat.emit('signals', inputs))
  }

  get path(): string {
    return this.#share.port
  }

  get isOpen(): boolean {
    return this.#port.isOpen
  }

  get settings(): PortSettings {
    return this.#port.settings
  }

  get bytesToWrite(): number {
    return this.#port.bytesToWrite
  }

  get outputs(): Readonly<Outputs> {
    return this.#outputs
  }

  get writer(): Seat | undefined {
    return this.#writer
  }

  // What is received

  async #pump(): Promise<void> {
    const { signal } = this.#over
    while (!signal.aborted) {
      try {
        await this.#roomInWriter(signal)
        const chunk = await this.#port.read({ timeout: Infinity, signal })
        this.position = this.#port.position
        this.#eachSeat((seat) => this.#give(seat, chunk))
      } catch {
        // The device is away, or all is over; whoever closes the port tells why.
        if (!this.#port.isOpen) return
      }
    }
  }

  #give(seat: Seat, chunk: Uint8Array): void {
    // Nobody takes it out any more, and the port is not held up for it.
    if (seat.isGoing) return
    const { buffer } = this.#share.limits
    // What came before: a chunk may be larger than that, and there was no time yet to take it.
    const isBehind = seat.bytesToRead > buffer
    if (isBehind && seat !== this.#writer)
      return this.cut(seat, `it does not take what it is sent, and ${buffer} bytes wait`)
    seat.push(chunk, this.position)
  }

  get #isHeldUp(): boolean {
    const writer = this.#writer
    return writer !== undefined && !writer.isGoing && writer.bytesToRead >= this.#share.limits.buffer
  }

  /** The writer holds the port up: nothing is lost for it. Others that are there need not bear that for ever. */
  async #roomInWriter(signal: AbortSignal): Promise<void> {
    const { stall } = this.#share.limits
    while (this.#isHeldUp) {
      const limit = new AbortController()
      const timer = setTimeout(() => limit.abort(), stall)
      await this.#room.wait(AbortSignal.any([signal, limit.signal])).catch(() => {})
      clearTimeout(timer)
      if (signal.aborted) return
      if (limit.signal.aborted && this.#isAwaited && this.#writer !== undefined)
        this.cut(this.#writer, `it takes nothing, and others have waited ${stall / 1000} s for it`)
    }
  }

  /** A client has taken something. */
  taken(seat: Seat): void {
    if (seat === this.#writer && seat.bytesToRead * 2 <= this.#share.limits.buffer) this.#room.release()
  }

  /** A client that the server has had enough of. */
  cut(seat: Seat, why: string): void {
    if (seat.isGoing) return
    seat.going()
    this.#log.tell(seat.subject, 'cut off', why)
    seat.emit('cut', why)
  }

  /** Others are there, or were. */
  get #isAwaited(): boolean {
    return this.#seats.size > 1 || this.#isWanted
  }

  /** The writer sends more than the device takes. That it has gone could not be seen behind what it has sent. */
  watchOutput(): void {
    this.#output.watch()
  }

  #outputNow(): string | undefined {
    return this.#writer?.isHeld === true ? `${this.#written} ${this.#port.bytesToWrite}` : undefined
  }

  #outputStuck(): void {
    const { stall } = this.#share.limits
    if (!this.#isAwaited || this.#writer === undefined || !this.#port.isConnected) return
    this.cut(this.#writer, `the device takes nothing of it, and others have waited ${stall / 1000} s for it`)
  }

  // Whose turn it is

  /** Gives a client a place; undefined where another has the port and nobody may watch. */
  join(subject: Subject): Seat | undefined {
    const isTaken = [...this.#seats].some((seat) => !seat.isGoing)
    if (isTaken && !this.#share.watchers) {
      this.#isWanted = true
      return undefined
    }
    const seat = new Seat(this, subject, this.#log)
    this.#seats.add(seat)
    if (this.#writer === undefined) this.#promote(seat)
    else if (!this.#writer.isGoing) this.#log.tell(subject, 'watches')
    return seat
  }

  /** Its turn is at once, and the lines are raised before anything that it does. */
  #promote(seat: Seat): void {
    this.#writer = seat
    this.#isWanted = false
    void this.#apply(this.#raised)
    this.#log.tell(seat.subject, 'became writer')
  }

  /** A client begins to go. */
  release(seat: Seat): void {
    if (seat === this.#writer) this.#isHandedOver = false
    this.#room.release()
  }

  /** Resolves when the port is in somebody's hands; for the one that goes, that is now. */
  async handedOver(seat: Seat): Promise<void> {
    while (!this.#isHandedOver && seat !== this.#writer) await this.#handover.wait(this.#over.signal)
  }

  /** A client has gone. After a writer all is put back before the next has its turn. */
  async leave(seat: Seat): Promise<void> {
    this.#seats.delete(seat)
    this.followListeners()
    if (seat !== this.#writer) return
    await this.#putBack(seat)
    this.#writer = undefined
    const next = [...this.#seats].find(({ isGoing }) => !isGoing)
    if (next !== undefined) this.#promote(next)
    this.#isHandedOver = true
    this.#handover.release()
  }

  async #putBack(seat: Seat): Promise<void> {
    try {
      await this.#port.drain({ timeout: patience })
    } catch {
      // Of a device that is away each write has told.
      const what = `${this.#port.bytesToWrite} bytes that the device does not take`
      if (this.#port.isConnected) this.#log.tell(seat.subject, 'not sent', what)
      await this.#port.purge('output').catch(() => {})
    }
    await this.#restoreSettings()
    await this.#apply({ dtr: false, rts: false, break: false })
  }

  async #restoreSettings(): Promise<void> {
    const { baudRate, dataBits, flowControl, parity, stopBits } = this.#former
    const former = { baudRate, dataBits, flowControl, parity, stopBits }
    const { settings: now } = this.#port
    const names = Object.keys(former) as (keyof LineSettings)[]
    this.#isUnrestored = !this.#port.isConnected
    if (this.#isUnrestored || names.every((name) => former[name] === now[name])) return
    try {
      await this.#port.reconfigure(former)
    } catch (error) {
      // It went just now: what was asked for before is what it will be opened again with.
      this.#isUnrestored = !this.#port.isConnected
      this.#log.tell(this.#subject, 'not put back', (error as Error).message)
    }
  }

  // What the writer does

  async write(data: Uint8Array, signal: AbortSignal): Promise<number> {
    const taken = await this.#port.write(data, { timeout: Infinity, signal })
    this.#written += taken
    return taken
  }

  async reconfigure(changes: ReconfigureOptions): Promise<void> {
    await this.#port.reconfigure(changes)
  }

  async setOutputs(signals: OutputSignals): Promise<void> {
    try {
      await this.#port.setSignals(signals)
    } catch (error) {
      const isKept = error instanceof SerialError && ['UNSUPPORTED', 'DISCONNECTED'].includes(error.code)
      if (isKept) this.#remember(signals)
      throw error
    }
    this.#remember(signals)
  }

  #remember(signals: OutputSignals): void {
    const given = Object.entries(signals).filter(([, level]) => level !== undefined)
    this.#outputs = { ...this.#outputs, ...(Object.fromEntries(given) as Partial<Outputs>) }
  }

  /** The same for ourselves: a port that has no such lines leads nowhere, and one that is away is set when it is back. */
  async #apply(signals: OutputSignals): Promise<void> {
    try {
      await this.setOutputs(signals)
    } catch (error) {
      const isExpected =
        error instanceof SerialError && ['UNSUPPORTED', 'DISCONNECTED', 'PORT_NOT_OPEN'].includes(error.code)
      if (!isExpected) this.#log.tell(this.#subject, 'lines not set', (error as Error).message)
    }
  }

  /** The lines that come in; all off where there are none, or the device is away. */
  inputs(): Promise<InputSignals> {
    return this.#port.getSignals().catch(() => allOff)
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
