import { KeepAlive } from '../keep-alive.ts'
import { PendingWrite } from '../pending-write.ts'
import type { PortSettings } from '../settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../signals.ts'
import type { Transport, TransportSink } from '../transport.ts'
import { Waiters } from '../waiters.ts'
import { Line } from './line.ts'

/** What waits at most for a reader who is paused. */
const inputSize = 4096

/** A port that hears itself, in the event loop. */
export class LoopPort implements Transport {
  readonly path: string
  readonly #line: Line
  readonly #keepAlive: KeepAlive = new KeepAlive()
  #sink: TransportSink | undefined
  #paused = false
  #referenced = true
  #closed = false
  #pending: PendingWrite | undefined
  readonly #drains: Waiters = new Waiters()
  /** Where in the stream breaks have come. */
  #breaks: number[] = []
  /** What was last told of the input lines, while they are watched. */
  #told: InputSignals | undefined
  #immediate: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(path: string, settings: PortSettings, paced: boolean) {
    this.path = path
    this.#line = new Line(settings, { paced, inputSize })
  }

  get settings(): PortSettings {
    return this.#line.settings
  }

  get bytesToRead(): number {
    return this.#line.toReceive
  }

  get bytesToWrite(): number {
    return this.#line.toSend
  }

  start(sink: TransportSink): void {
    this.#sink = sink
    this.#goOnSoon()
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#goOnSoon()
  }

  write(data: Uint8Array): number | Promise<number> {
    const taken = this.#line.take(data, 0)
    this.#goOnSoon()
    if (taken === data.byteLength) return taken
    this.#pending = new PendingWrite(data, taken)
    return this.#pending.settled
  }

  cancelWrite(): void {
    const pending = this.#pending
    this.#pending = undefined
    pending?.settle()
  }

  /** The sink hears nothing from inside a call of ours, so whatever is to be told is told from the event loop. */
  #goOnSoon(): void {
    if (this.#closed) return
    clearTimeout(this.#timer)
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined
      this.#goOn()
    })
  }

  #goOn(): void {
    this.#line.advance()
    this.#deliver()
    this.#advanceWrite()
    this.#tellSignals()
    if (this.#line.toSend === 0) this.#drains.release()
    const { wait } = this.#line
    if (this.#closed) return
    if (!this.#paused && (this.#line.toReceive > 0 || wait === 0)) this.#goOnSoon()
    else if (wait !== undefined) this.#goOnIn(wait)
  }

  #goOnIn(wait: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#goOn(), wait)
    if (!this.#referenced) this.#timer.unref()
  }

  /** Hands over what has arrived, each break between the bytes where it came. */
  #deliver(): void {
    while (!this.#paused && !this.#closed) {
      const [offset] = this.#breaks
      const begins = this.#line.position - this.#line.toReceive
      if (offset !== undefined && offset <= begins) {
        this.#breaks.shift()
        this.#sink?.lineError({ kind: 'break', offset })
        continue
      }
      const chunk = this.#line.receive(Math.min(offset ?? Infinity, this.#chunkEnd(begins)) - begins)
      if (chunk.byteLength === 0) return
      this.#sink?.data(chunk)
    }
  }

  #chunkEnd(begins: number): number {
    return begins + this.settings.receiveBufferSize
  }

  #advanceWrite(): void {
    const pending = this.#pending
    if (pending === undefined) return
    if (!pending.checkData(this.path)) {
      this.#pending = undefined
      return
    }
    pending.taken += this.#line.take(pending.data, pending.taken)
    if (pending.isDone) this.cancelWrite()
  }

  async drain(signal: AbortSignal): Promise<void> {
    if (this.#line.toSend > 0) await this.#drains.wait(signal)
  }

  async purge(queue: Queue): Promise<void> {
    if (queue !== 'output') this.#breaks = []
    this.#line.purge(queue)
    this.#goOnSoon()
  }

  async reconfigure(settings: PortSettings): Promise<void> {
    this.#line.reconfigure(settings)
    this.#goOnSoon()
  }

  async getSignals(): Promise<InputSignals> {
    return this.#line.inputs
  }

  async setSignals(signals: OutputSignals): Promise<void> {
    const broken = this.#line.setOutputs(signals)
    if (broken && this.settings.lineErrors === 'report') this.#breaks.push(this.#line.position)
    this.#goOnSoon()
  }

  watchSignals(on: boolean): void {
    this.#told = on ? this.#line.inputs : undefined
  }

  #tellSignals(): void {
    const { inputs } = this.#line
    if (this.#told === undefined || (this.#told.cts === inputs.cts && this.#told.dsr === inputs.dsr)) return
    this.#told = inputs
    this.#sink?.signals(inputs)
  }

  ref(): void {
    this.#referenced = true
    this.#keepAlive.ref()
    this.#timer?.ref()
  }

  unref(): void {
    this.#referenced = false
    this.#keepAlive.unref()
    this.#timer?.unref()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.cancelWrite()
    clearImmediate(this.#immediate)
    clearTimeout(this.#timer)
    this.#keepAlive.end()
  }
}
