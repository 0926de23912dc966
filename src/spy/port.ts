import type { Counters } from '../counters.ts'
import type { SerialError } from '../errors.ts'
import type { PortSettings } from '../settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../signals.ts'
import type { Transport, TransportSink } from '../transport.ts'
import type { Log } from './log.ts'
import { inputNotes, outputNotes, purgeNotes, settingNotes } from './notes.ts'
import type { Note } from './notes.ts'

/** Another port, with a log of all that passes. */
export class SpyPort implements Transport {
  readonly path: string
  /** Absent where the port counts nothing. */
  readonly counters?: () => Promise<Counters>
  readonly #port: Transport
  readonly #log: Log
  /** Also what the port is asked and what changes nothing. */
  readonly #all: boolean
  #inputs: InputSignals | undefined
  #closing: Promise<void> | undefined

  constructor(path: string, port: Transport, log: Log, all: boolean) {
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

  #noteAll(note: Note): void {
    if (this.#all) this.#note(note)
  }

  /** Notes a failure, which is the caller's to handle. */
  #failed(error: unknown): void {
    this.#note(['ERR', error instanceof Error ? error.message : String(error)])
  }

  get settings(): PortSettings {
    return this.#port.settings
  }

  get bytesToRead(): number {
    const count = this.#port.bytesToRead
    this.#noteAll(['Q-RX', `in_waiting -> ${count}`])
    return count
  }

  get bytesToWrite(): number {
    const count = this.#port.bytesToWrite
    this.#noteAll(['Q-TX', `out_waiting -> ${count}`])
    return count
  }

  start(sink: TransportSink): void {
    this.#port.start({
      data: (chunk) => {
        this.#log.received(chunk)
        sink.data(chunk)
      },
      signals: (signals) => {
        this.#note(...inputNotes(signals, this.#inputs))
        this.#inputs = signals
        sink.signals(signals)
      },
      lineError: (error) => {
        this.#note(['ERR', `${error.kind} at byte ${error.offset}`])
        sink.lineError(error)
      },
      end: (reason: SerialError) => {
        this.#note(['END', reason.message])
        sink.end(reason)
      },
    })
  }

  pause(): void {
    this.#noteAll(['Q-RX', 'pause'])
    this.#port.pause()
  }

  resume(): void {
    this.#noteAll(['Q-RX', 'resume'])
    this.#port.resume()
  }

  write(data: Uint8Array): number | Promise<number> {
    this.#log.sent(data)
    try {
      const taken = this.#port.write(data)
      return typeof taken === 'number' ? taken : this.#follow(taken, data.byteLength)
    } catch (error) {
      this.#failed(error)
      throw error
    }
  }

  async #follow(writing: Promise<number>, total: number): Promise<number> {
    try {
      const taken = await writing
      if (taken < total) this.#note(['Q-TX', `only ${taken} of ${total} bytes were taken`])
      return taken
    } catch (error) {
      this.#failed(error)
      throw error
    }
  }

  cancelWrite(): void {
    this.#note(['Q-TX', 'cancel_write'])
    this.#port.cancelWrite()
  }

  drain(signal: AbortSignal): Promise<void> {
    this.#note(['Q-TX', 'flush'])
    return this.#port.drain(signal)
  }

  purge(queue: Queue): Promise<void> {
    this.#note(...purgeNotes(queue))
    return this.#port.purge(queue)
  }

  async reconfigure(settings: PortSettings): Promise<void> {
    this.#note(...settingNotes(this.settings, settings))
    try {
      await this.#port.reconfigure(settings)
    } catch (error) {
      this.#failed(error)
      throw error
    }
  }

  async getSignals(): Promise<InputSignals> {
    const signals = await this.#port.getSignals()
    this.#note(...inputNotes(signals))
    this.#inputs = signals
    return signals
  }

  async setSignals(signals: OutputSignals): Promise<void> {
    this.#note(...outputNotes(signals))
    try {
      await this.#port.setSignals(signals)
    } catch (error) {
      this.#failed(error)
      throw error
    }
  }

  watchSignals(on: boolean): void {
    this.#port.watchSignals(on)
  }

  ref(): void {
    this.#port.ref()
  }

  unref(): void {
    this.#port.unref()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.#port.close()
    } finally {
      await this.#log.close()
    }
  }
}
