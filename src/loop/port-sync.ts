import { Deadline } from '../deadline.ts'
import { SerialError } from '../errors.ts'
import type { PortSettings } from '../settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../signals.ts'
import type { TransportSync } from '../transport.ts'
import { Line } from './line.ts'

const chunkSize = 64 * 1024

/** A port that hears itself and blocks. What it has sent waits for the next read of the same thread, so there is room for much. */
export class LoopPortSync implements TransportSync {
  readonly path: string
  readonly #line: Line
  readonly #clock: Int32Array = new Int32Array(new SharedArrayBuffer(4))

  constructor(path: string, settings: PortSettings, paced: boolean) {
    this.path = path
    this.#line = new Line(settings, { paced, inputSize: settings.receiveBufferSize })
  }

  get settings(): PortSettings {
    return this.#line.settings
  }

  get bytesToRead(): number {
    this.#line.advance()
    return this.#line.toReceive
  }

  get bytesToWrite(): number {
    this.#line.advance()
    return this.#line.toSend
  }

  read(timeout: number): Uint8Array {
    this.#waitUntil(() => this.#line.toReceive > 0, new Deadline(timeout), 'the read')
    return this.#line.receive(chunkSize)
  }

  write(data: Uint8Array, timeout: number): number {
    let taken = 0
    const more = () => {
      taken += this.#line.take(data, taken)
      return taken === data.byteLength
    }
    this.#waitUntil(more, new Deadline(timeout), 'the write', () => taken)
    return taken
  }

  drain(timeout: number): boolean {
    return this.#waitUntil(() => this.#line.toSend === 0, new Deadline(timeout), 'the drain')
  }

  /** Blocks until it is so; false when the time is up first. */
  #waitUntil(isSo: () => boolean, deadline: Deadline, what: string, taken?: () => number): boolean {
    for (;;) {
      this.#line.advance()
      if (isSo()) return true
      const { left } = deadline
      if (left === 0) return false
      const { wait } = this.#line
      if (wait === undefined && left === Infinity) throw this.#never(what, taken?.())
      Atomics.wait(this.#clock, 0, 0, Math.min(left, wait ?? Infinity))
    }
  }

  /** While this thread waits it neither writes nor reads nor sets RTS, and nobody else does. */
  #never(what: string, bytesTransferred: number | undefined): SerialError {
    const message = `${this.path}: ${what} would block for ever, as nobody else is on this line; give it a timeout`
    return new SerialError('UNSUPPORTED', message, { path: this.path, bytesTransferred })
  }

  purge(queue: Queue): void {
    this.#line.purge(queue)
  }

  reconfigure(settings: PortSettings): void {
    this.#line.reconfigure(settings)
  }

  getSignals(): InputSignals {
    return this.#line.inputs
  }

  setSignals(signals: OutputSignals): void {
    this.#line.setOutputs(signals)
  }

  close(): void {}
}
