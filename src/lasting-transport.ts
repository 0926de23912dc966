import { setTimeout as sleep } from 'node:timers/promises'
import type { Counters } from './counters.ts'
import type { SerialError } from './errors.ts'
import { countsNothing, repeated } from './failures.ts'
import { KeepAlive } from './keep-alive.ts'
import type { PortSettings } from './settings.ts'
import type { InputSignals, OutputSignals, Queue } from './signals.ts'
import type { Transport, TransportSink } from './transport.ts'

/**
 * Opens the same device again, wherever it is now; undefined while it is not there. The signal ends an opening that
 * waits.
 */
export type OpenAgain = (settings: PortSettings, signal: AbortSignal) => Promise<Transport | undefined>

/** How often it is looked for (ms). */
const lookEvery = 300

/** How long a device may take to give back what was lost, before it is opened anew (ms). */
const patience = 5000

/** One that was there for so long is looked for at once when it goes (ms). */
const longLife = 5000

/** The longest pause before one is looked for that goes again as soon as it is found (ms). */
const longestPause = 5000

/**
 * A transport that outlives its device: when that goes it is looked for, and opened again where it turns up. In between
 * nothing arrives, and whatever needs the device fails with the reason for which it went.
 */
export class LastingTransport implements Transport {
  readonly path: string
  readonly #openAgain: OpenAgain
  /** Absent while the device is away. */
  #inner: Transport | undefined
  /** What was asked for, which is not always what the device took. */
  #asked: PortSettings
  #settings: PortSettings
  #reason: SerialError | undefined
  #sink: TransportSink | undefined
  /** Bytes that the sink was given; each device counts its own from the beginning. */
  #given = 0
  #paused = false
  #watching = false
  readonly #closed = new AbortController()
  /** Keeps the process alive in the device's stead. */
  #away: KeepAlive | undefined
  #referenced = true
  #search: Promise<void> = Promise.resolve()
  /** When it was found; the first, which nobody looked for, counts as there for long. */
  #foundAt = -Infinity
  #pause = 0

  constructor(first: Transport, asked: PortSettings, openAgain: OpenAgain) {
    this.path = first.path
    this.#openAgain = openAgain
    this.#inner = first
    this.#asked = asked
    this.#settings = first.settings
  }

  get settings(): PortSettings {
    return this.#inner?.settings ?? this.#settings
  }

  get bytesToRead(): number {
    return this.#inner?.bytesToRead ?? 0
  }

  get bytesToWrite(): number {
    return this.#inner?.bytesToWrite ?? 0
  }

  get #device(): Transport {
    if (this.#inner !== undefined) return this.#inner
    throw this.#reason === undefined ? new Error('closed') : repeated(this.#reason, 0)
  }

  start(sink: TransportSink): void {
    this.#sink = sink
    if (this.#inner !== undefined) this.#begin(this.#inner)
  }

  #begin(inner: Transport): void {
    const before = this.#given
    inner.start({
      data: (chunk) => {
        this.#given += chunk.byteLength
        this.#sink?.data(chunk)
      },
      signals: (signals) => this.#sink?.signals(signals),
      lineError: ({ kind, offset }) => this.#sink?.lineError({ kind, offset: before + offset }),
      end: (reason) => this.#lost(inner, reason),
    })
    if (this.#paused) inner.pause()
    if (this.#watching) inner.watchSignals(true)
    if (!this.#referenced) inner.unref()
  }

  #lost(inner: Transport, reason: SerialError): void {
    this.#reason = reason
    this.#settings = inner.settings
    this.#inner = undefined
    this.#away = new KeepAlive()
    if (!this.#referenced) this.#away.unref()
    // First, so that whoever closes the port when he hears of it waits for this as well.
    this.#search = this.#find(inner)
    this.#sink?.lost?.(reason)
    // Whoever fails for it takes back what is under way, and finds no device any more to take it back from.
    inner.cancelWrite()
  }

  /** Looks for the device until it is there or nobody wants it any more. */
  async #find(lost: Transport): Promise<void> {
    const { signal } = this.#closed
    const closing = lost.close().catch(() => {})
    await Promise.race([closing, sleep(patience, undefined, { ref: false })])
    const away = this.#away
    await this.#pauseFirst()
    for (let isBack = false; !isBack && !signal.aborted;) {
      // What can't be opened yet, for its permissions are not set or somebody looks at it, may be in a moment.
      const found = await this.#openAgain(this.#asked, signal).catch(() => undefined)
      isBack = found !== undefined && (await this.#adopt(found))
      if (!isBack) await sleep(lookEvery, undefined, { signal, ref: false }).catch(() => {})
    }
    away?.end()
  }

  /** A server that lets in and sends away at once would be connected to thousands of times a second. */
  async #pauseFirst(): Promise<void> {
    const wasThere = performance.now() - this.#foundAt
    this.#pause = wasThere < longLife ? Math.min(Math.max(lookEvery, 2 * this.#pause), longestPause) : 0
    if (this.#pause > 0)
      await sleep(this.#pause, undefined, { signal: this.#closed.signal, ref: false }).catch(() => {})
  }

  /** @returns whether it can be used; what fails as soon as it is is looked for again */
  async #adopt(found: Transport): Promise<boolean> {
    if (this.#closed.signal.aborted) {
      await found.close()
      return true
    }
    const reason = this.#reason
    this.#inner = found
    this.#foundAt = performance.now()
    this.#reason = undefined
    try {
      // Before it is told of: whoever hears of it may write at once.
      this.#begin(found)
    } catch {
      this.#inner = undefined
      this.#reason = reason
      await found.close().catch(() => {})
      return false
    }
    if (this.#inner === found) this.#sink?.found?.(found.path)
    return true
  }

  pause(): void {
    this.#paused = true
    this.#inner?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#inner?.resume()
  }

  write(data: Uint8Array): number | Promise<number> {
    return this.#device.write(data)
  }

  cancelWrite(): void {
    this.#inner?.cancelWrite()
  }

  async drain(signal: AbortSignal): Promise<void> {
    await this.#device.drain(signal)
  }

  async purge(queue: Queue): Promise<void> {
    await this.#device.purge(queue)
  }

  async reconfigure(settings: PortSettings): Promise<void> {
    await this.#device.reconfigure(settings)
    this.#asked = settings
  }

  async getSignals(): Promise<InputSignals> {
    return this.#device.getSignals()
  }

  async setSignals(signals: OutputSignals): Promise<void> {
    await this.#device.setSignals(signals)
  }

  async counters(): Promise<Counters> {
    const device = this.#device
    if (device.counters === undefined) throw countsNothing(this.path)
    return device.counters()
  }

  watchSignals(on: boolean): void {
    this.#watching = on
    this.#inner?.watchSignals(on)
  }

  ref(): void {
    this.#referenced = true
    this.#away?.ref()
    this.#inner?.ref()
  }

  unref(): void {
    this.#referenced = false
    this.#away?.unref()
    this.#inner?.unref()
  }

  async close(): Promise<void> {
    this.#sink = undefined
    this.#closed.abort()
    await this.#search
    await this.#inner?.close()
  }
}
