import type { Counters } from '../counters.ts'
import type { PortSettings } from '../settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../signals.ts'
import type { TransportSync } from '../transport.ts'
import type { LogSync } from './log-sync.ts'
import { inputNotes, outputNotes, purgeNotes, settingNotes } from './notes.ts'
import type { Note } from './notes.ts'

/** Another blocking port, with a log of all that passes. */
export class SpyPortSync implements TransportSync {
  readonly path: string
  /** Absent where the port counts nothing. */
  readonly counters?: () => Counters
  readonly #port: TransportSync
  readonly #log: LogSync
  /** Also what the port is asked, and reads that gave nothing. */
  readonly #all: boolean

  constructor(path: string, port: TransportSync, log: LogSync, all: boolean) {
    this.path = path
    this.#port = port
    this.#log = log
    this.#all = all
    const counters = port.counters?.bind(port)
    if (counters !== undefined) this.counters = counters
  }

  #note(...notes: Note[]): void {
    for (const [label, what] of notes) this.#log.note(label, what)
  }

  /** Does it, and notes a failure, which is the caller's to handle. */
  #attempt<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      this.#note(['ERR', error instanceof Error ? error.message : String(error)])
      throw error
    }
  }

  get settings(): PortSettings {
    return this.#port.settings
  }

  get bytesToRead(): number {
    const count = this.#port.bytesToRead
    if (this.#all) this.#note(['Q-RX', `in_waiting -> ${count}`])
    return count
  }

  get bytesToWrite(): number {
    const count = this.#port.bytesToWrite
    if (this.#all) this.#note(['Q-TX', `out_waiting -> ${count}`])
    return count
  }

  read(timeout: number): Uint8Array {
    const chunk = this.#attempt(() => this.#port.read(timeout))
    if (chunk.byteLength > 0 || this.#all) this.#log.received(chunk)
    return chunk
  }

  write(data: Uint8Array, timeout: number): number {
    this.#log.sent(data)
    const taken = this.#attempt(() => this.#port.write(data, timeout))
    if (taken < data.byteLength) this.#note(['Q-TX', `only ${taken} of ${data.byteLength} bytes were taken`])
    return taken
  }

  drain(timeout: number): boolean {
    this.#note(['Q-TX', 'flush'])
    return this.#attempt(() => this.#port.drain(timeout))
  }

  purge(queue: Queue): void {
    this.#note(...purgeNotes(queue))
    this.#attempt(() => this.#port.purge(queue))
  }

  reconfigure(settings: PortSettings): void {
    this.#note(...settingNotes(this.settings, settings))
    this.#attempt(() => this.#port.reconfigure(settings))
  }

  getSignals(): InputSignals {
    const signals = this.#attempt(() => this.#port.getSignals())
    this.#note(...inputNotes(signals))
    return signals
  }

  setSignals(signals: OutputSignals): void {
    this.#note(...outputNotes(signals))
    this.#attempt(() => this.#port.setSignals(signals))
  }

  close(): void {
    try {
      this.#port.close()
    } finally {
      this.#log.close()
    }
  }
}
