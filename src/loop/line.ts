import { ReceiveBuffer } from '../receive-buffer.ts'
import { bitsPerCharacter } from '../settings.ts'
import type { PortSettings } from '../settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../signals.ts'

/** What waits at most to be sent; the queue of pySerial's loop has this size. */
const outputSize = 4096

/** Source: ASCII, DC1 and DC3. */
const xon = 0x11
const xoff = 0x13

/** How a loop is made. */
export interface LineOptions {
  /** Bytes take the time that they would take on a wire. */
  readonly paced: boolean
  /** Bytes kept for a reader who has not come yet. */
  readonly inputSize: number
}

/**
 * A line from a port to itself: its transmitter on its receiver, RTS on CTS, DTR on DSR, and as in pySerial's loop DCD
 * always on and RI always off. Nothing waits here and nothing has a timer: the asynchronous and the blocking port share
 * it, and differ in how they wait.
 */
export class Line {
  settings: PortSettings
  readonly #options: LineOptions
  readonly #leaving: ReceiveBuffer = new ReceiveBuffer()
  readonly #arrived: ReceiveBuffer = new ReceiveBuffer()
  /** Bytes that had arrived and were never received. */
  #purged = 0
  #dtr: boolean
  #rts: boolean
  #breaking = false
  /** By an XOFF. */
  #stopped = false
  /** When the first bit of the next byte was sent, where bytes take time. */
  #since: number | undefined

  constructor(settings: PortSettings, options: LineOptions) {
    this.settings = settings
    this.#options = options
    this.#dtr = settings.dtr ?? true
    this.#rts = settings.rts ?? true
  }

  /** Bytes that have arrived and were not received yet. */
  get toReceive(): number {
    return this.#arrived.length
  }

  /** Bytes that have not arrived yet. */
  get toSend(): number {
    return this.#leaving.length
  }

  /** How many bytes were received or can be: where the next one stands. */
  get position(): number {
    return this.#arrived.position + this.#arrived.length - this.#purged
  }

  get inputs(): InputSignals {
    return { cts: this.#rts, dsr: this.#dtr, dcd: true, ri: false }
  }

  /** Takes bytes for sending, from `start` on: how many there was room for. */
  take(data: Uint8Array, start: number): number {
    let taken = start
    let room: number
    do {
      room = outputSize - this.#leaving.length
      const piece = data.subarray(taken, taken + room)
      this.#leaving.push(this.settings.flowControl === 'software' ? this.#obey(piece) : piece)
      taken += piece.byteLength
      this.advance()
    } while (taken < data.byteLength && this.#leaving.length < outputSize)
    return taken - start
  }

  /** XON and XOFF act at once and do not arrive; held back with the rest, an XON could never undo an XOFF. */
  #obey(piece: Uint8Array): Uint8Array {
    return piece.filter((byte) => {
      if (byte === xon) this.#stopped = false
      else if (byte === xoff) this.#stopped = true
      else return true
      return false
    })
  }

  /** Lets arrive what has had the time to. */
  advance(): void {
    const free = this.#free
    const count = this.#options.paced && free > 0 ? Math.min(free, this.#sent()) : free
    if (count > 0) this.#arrived.push(this.#leaving.take(count))
    if (count === free) this.#since = undefined
  }

  /** How many bytes nothing but time keeps from arriving. */
  get #free(): number {
    if (this.#isHeld) return 0
    return Math.min(this.#leaving.length, Math.max(0, this.#options.inputSize - this.#arrived.length))
  }

  get #isHeld(): boolean {
    const { flowControl } = this.settings
    const clear = (flowControl !== 'hardware' || this.#rts) && (flowControl !== 'dsr-dtr' || this.#dtr)
    return !clear || this.#breaking || this.#stopped
  }

  /** How many bytes there was time for since the last call. */
  #sent(): number {
    const now = performance.now()
    this.#since ??= now
    const count = Math.floor((now - this.#since) / this.#byteTime)
    this.#since += count * this.#byteTime
    return count
  }

  /** ms */
  get #byteTime(): number {
    return (bitsPerCharacter(this.settings) * 1000) / this.settings.baudRate
  }

  /** ms until something more can have arrived; undefined when nothing will by the mere passing of time. */
  get wait(): number | undefined {
    const free = this.#free
    if (free === 0) return undefined
    if (!this.#options.paced) return 0
    // A few ms at a time, but no longer than it all takes.
    const count = Math.min(free, Math.ceil(4 / this.#byteTime))
    return Math.max(0, (this.#since ?? performance.now()) + count * this.#byteTime - performance.now())
  }

  /** Takes what has arrived, up to so many bytes. */
  receive(most: number): Buffer {
    return this.#arrived.take(most)
  }

  purge(queue: Queue): void {
    if (queue !== 'output') {
      this.#purged += this.#arrived.length
      this.#arrived.clear()
    }
    if (queue !== 'input') this.#leaving.clear()
    this.advance()
  }

  reconfigure(settings: PortSettings): void {
    this.advance()
    this.settings = settings
    if (settings.flowControl !== 'software') this.#stopped = false
    this.advance()
  }

  /** @returns whether a break has begun. Where line errors are not reported it arrives as a zero byte, as from a terminal. */
  setOutputs({ break: breaking, dtr, rts }: OutputSignals): boolean {
    this.advance()
    this.#dtr = dtr ?? this.#dtr
    this.#rts = rts ?? this.#rts
    const begins = breaking === true && !this.#breaking
    this.#breaking = breaking ?? this.#breaking
    if (begins && this.settings.lineErrors === 'ignore') this.#arrived.push(Uint8Array.of(0))
    this.advance()
    return begins
  }
}
