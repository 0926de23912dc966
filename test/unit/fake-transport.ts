import type { Transport, TransportSink } from '../../src/index.ts'
import { SerialError } from '../../src/index.ts'
import { resolveOptions } from '../../src/settings.ts'
import type { PortSettings, SerialOptions } from '../../src/settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../../src/signals.ts'

/** A transport that does what a test tells it: takes as much as there is room for, and records what it is asked. */
export class FakeTransport implements Transport {
  readonly path = 'fake'
  settings: PortSettings
  bytesToRead = 0
  bytesToWrite = 0
  /** Bytes that it takes before it is full. */
  room = Infinity
  readonly calls: string[] = []
  readonly written: number[] = []
  sink: TransportSink | undefined
  finishDrain: () => void = () => {}
  closeError: Error | undefined
  #pending: { data: Uint8Array; taken: number; resolve(taken: number): void } | undefined

  constructor(options: SerialOptions = {}) {
    this.settings = resolveOptions(options)
  }

  arrive(text: string): void {
    const chunk = Buffer.from(text)
    this.sink?.data(chunk)
    // The memory is the transport's again: whoever kept a view of it sees this.
    chunk.fill(0x21)
  }

  vanish(): void {
    this.sink?.end(
      new SerialError('DISCONNECTED', 'fake: gone', { path: 'fake', errno: 5, errnoName: 'EIO' }),
    )
  }

  start(sink: TransportSink): void {
    this.sink = sink
  }

  pause(): void {
    this.calls.push('pause')
  }

  resume(): void {
    this.calls.push('resume')
  }

  write(data: Uint8Array): number | Promise<number> {
    const taken = this.#take(data, 0)
    if (taken === data.byteLength) return taken
    return new Promise((resolve) => {
      this.#pending = { data, taken, resolve }
    })
  }

  /** Makes room for more, and goes on with the pending write. */
  makeRoom(bytes: number): void {
    this.room += bytes
    const pending = this.#pending
    if (pending === undefined) return
    pending.taken += this.#take(pending.data, pending.taken)
    if (pending.taken === pending.data.byteLength) this.cancelWrite()
  }

  #take(data: Uint8Array, from: number): number {
    const taken = data.subarray(from, from + Math.min(this.room, data.byteLength))
    this.room -= taken.byteLength
    this.written.push(...taken)
    return taken.byteLength
  }

  cancelWrite(): void {
    const pending = this.#pending
    this.#pending = undefined
    pending?.resolve(pending.taken)
  }

  drain(signal: AbortSignal): Promise<void> {
    this.calls.push('drain')
    return new Promise((resolve, reject) => {
      this.finishDrain = resolve
      signal.addEventListener('abort', () => reject(signal.reason as Error))
    })
  }

  async purge(queue: Queue): Promise<void> {
    this.calls.push(`purge ${queue}`)
  }

  async reconfigure(settings: PortSettings): Promise<void> {
    this.calls.push('reconfigure')
    this.settings = settings
  }

  async getSignals(): Promise<InputSignals> {
    return { cts: true, dsr: false, dcd: false, ri: false }
  }

  async setSignals(signals: OutputSignals): Promise<void> {
    this.calls.push(`set ${JSON.stringify(signals)}`)
  }

  watchSignals(on: boolean): void {
    this.calls.push(`watch ${on}`)
  }

  ref(): void {
    this.calls.push('ref')
  }

  unref(): void {
    this.calls.push('unref')
  }

  async close(): Promise<void> {
    this.calls.push('close')
    this.cancelWrite()
    if (this.closeError !== undefined) throw this.closeError
  }
}
