import { setTimeout as sleep } from 'node:timers/promises'
import type { Counters } from '../../counters.ts'
import type { SerialError } from '../../errors.ts'
import type { LineErrorKind } from '../../line-errors.ts'
import type { PortSettings } from '../../settings.ts'
import { signalsDiffer } from '../../signals.ts'
import type { InputSignals, OutputSignals, Queue } from '../../signals.ts'
import type { Transport, TransportSink } from '../../transport.ts'
import * as c from './constants.ts'
import { ignoringErrors } from './device.ts'
import type { Device } from './device.ts'
import { LineEvents } from './line-events.ts'
import { openDeviceInPool } from './open.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** What one read brings at most. */
const chunkSize = 64 * 1024

const signalEvents = c.EV_CTS | c.EV_DSR | c.EV_RLSD | c.EV_RING
const errorEvents = c.EV_ERR | c.EV_BREAK

/**
 * A COM port in the event loop: one overlapped read is always pending, writes are overlapped, and the system's thread
 * pool tells when something has ended. No thread waits for a port.
 */
export class WindowsPort implements Transport {
  readonly path: string
  readonly #device: Device
  readonly #reader: Reader
  readonly #writer: Writer
  readonly #events: LineEvents
  #sink: TransportSink | undefined
  #lastSignals: InputSignals | undefined
  /** Whether the sink is told of signals. */
  #tellsSignals = false
  /** Whether the events of the lines are counted. */
  #counts = false
  #referenced = true
  #ended = false
  #closing: Promise<void> | undefined

  static async open(path: string, settings: PortSettings, signal?: AbortSignal): Promise<WindowsPort> {
    return new WindowsPort(await openDeviceInPool(path, settings, signal))
  }

  private constructor(device: Device) {
    this.path = device.path
    this.#device = device
    const size = Math.min(chunkSize, device.settings.receiveBufferSize)
    this.#reader = new Reader(device, size, {
      data: (chunk) => this.#arrived(chunk),
      failed: (reason) => this.#end(reason),
    })
    this.#writer = new Writer(device, (reason) => this.#end(reason))
    this.#events = new LineEvents(device, (look, told) => this.#lineEvents(look, told))
  }

  get settings(): PortSettings {
    return this.#device.settings
  }

  get bytesToRead(): number {
    return this.#ended ? 0 : this.#device.queuedOrNone().input + this.#reader.held
  }

  get bytesToWrite(): number {
    return this.#ended ? 0 : this.#device.queuedOrNone().output + this.#writer.pending
  }

  start(sink: TransportSink): void {
    this.#sink = sink
    this.#reader.start()
    this.#followLines()
  }

  get #reportsErrors(): boolean {
    return this.#device.settings.lineErrors === 'report'
  }

  #arrived(chunk: Uint8Array): void {
    // Not every overrun is an event: so the driver is asked with each chunk.
    if (this.#reportsErrors) this.#tellLineErrors()
    this.#device.counting.received += chunk.byteLength
    this.#sink?.data(chunk)
  }

  pause(): void {
    this.#reader.pause()
  }

  resume(): void {
    this.#reader.resume()
  }

  write(data: Uint8Array): number | Promise<number> {
    return this.#writer.write(data)
  }

  cancelWrite(): void {
    this.#writer.cancel()
  }

  async drain(signal: AbortSignal): Promise<void> {
    for (;;) {
      const left = this.#device.timeToSend
      if (left === 0 && this.#writer.pending === 0) return
      await sleep(Math.min(50, Math.max(1, left * 0.9)), undefined, { signal, ref: this.#referenced })
    }
  }

  async purge(queue: Queue): Promise<void> {
    if (queue !== 'output') {
      this.#device.purge('input')
      this.#reader.purge()
    }
    if (queue !== 'input') await this.#writer.purge()
  }

  async reconfigure(settings: PortSettings): Promise<void> {
    this.#device.reconfigure(settings)
  }

  async getSignals(): Promise<InputSignals> {
    return this.#device.getSignals()
  }

  async setSignals(signals: OutputSignals): Promise<void> {
    this.#device.setSignals(signals)
  }

  watchSignals(on: boolean): void {
    this.#tellsSignals = on
    this.#followLines()
  }

  /** Waits for what somebody wants to know of the lines, and for nothing else. */
  #followLines(): void {
    if (this.#ended) return
    let mask = this.#reportsErrors || this.#counts ? errorEvents : 0
    if (this.#tellsSignals || this.#counts) {
      ignoringErrors(() => {
        // What a change is compared with; a port without lines is not watched.
        if (!this.#seesSignals) this.#lastSignals = this.#device.getSignals()
        mask |= signalEvents
      })
    }
    this.#events.watch(mask)
  }

  get #seesSignals(): boolean {
    return (this.#events.mask & signalEvents) !== 0
  }

  /** Counts from the first call on what only events tell of: until somebody asks, nothing waits for them. */
  async counters(): Promise<Counters> {
    const { counting } = this.#device
    // Throws for a port without lines: as elsewhere, such a port has no counters.
    const levels = this.#device.getSignals()
    if (!this.#counts) {
      this.#counts = true
      this.#followLines()
      if (this.#seesSignals) counting.follow(levels)
    }
    this.#device.queued()
    return counting.counters(this.#seesSignals ? levels : undefined)
  }

  #lineEvents(look: number, told: number): void {
    if (this.#ended) return
    this.#device.counting.followed(told)
    ignoringErrors(() => {
      if ((look & errorEvents) !== 0) this.#tellLineErrors()
      if ((look & signalEvents) !== 0) this.#tellSignals()
    })
  }

  #tellSignals(): void {
    const now = this.#device.getSignals()
    const before = this.#lastSignals
    this.#lastSignals = now
    if (this.#tellsSignals && signalsDiffer(before, now)) this.#sink?.signals(now)
  }

  /** The driver says what happened, and not at which byte: what it still holds came before, as far as one can tell. */
  #tellLineErrors(): void {
    const { input } = this.#device.queuedOrNone()
    const offset = this.#device.counting.received + input
    const flags = this.#reportsErrors ? this.#device.lineErrors : 0
    this.#device.lineErrors = 0
    for (const kind of kindsOf(flags)) this.#sink?.lineError({ kind, offset })
  }

  ref(): void {
    this.#reference(true)
  }

  unref(): void {
    this.#reference(false)
  }

  #reference(on: boolean): void {
    this.#referenced = on
    for (const part of [this.#reader, this.#writer, this.#events]) part.ref(on)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** First everything that is under way is ended and reaped: some drivers keep a port for ever that is closed before. */
  async #close(): Promise<void> {
    this.#sink = undefined
    await this.#writer.stop()
    if (!this.#ended) await this.#letOutputLeave()
    this.#ended = true
    await Promise.all([this.#events.stop(), this.#reader.stop()])
    this.#device.release()
  }

  /** Waits while the output moves. What does not move for half a second is stuck behind flow control, and dropped. */
  async #letOutputLeave(): Promise<void> {
    let queued = this.bytesToWrite
    let moved = performance.now()
    while (queued > 0) {
      await sleep(5)
      const now = this.bytesToWrite
      if (now !== queued) moved = performance.now()
      else if (performance.now() - moved >= 500) return ignoringErrors(() => this.#device.purge('output'))
      queued = now
    }
  }

  #end(reason: SerialError): void {
    if (this.#ended) return
    this.#ended = true
    // Also when paused: nobody resumes what has ended.
    this.#reader.giveHeld()
    const sink = this.#sink
    this.#sink = undefined
    sink?.end(reason)
    this.#writer.cancel()
  }
}

/** Source: Microsoft Learn, "ClearCommError function (winbase.h)". A break is no framing error, though UARTs see one. */
function kindsOf(flags: number): LineErrorKind[] {
  const kinds: LineErrorKind[] = []
  if ((flags & (c.CE_OVERRUN | c.CE_RXOVER)) !== 0) kinds.push('overrun')
  if ((flags & c.CE_RXPARITY) !== 0) kinds.push('parity')
  if ((flags & c.CE_BREAK) !== 0) kinds.push('break')
  else if ((flags & c.CE_FRAME) !== 0) kinds.push('framing')
  return kinds
}
