import type { SerialError } from '../../errors.ts'
import type { LineError, LineErrorKind } from '../../line-errors.ts'
import { ReceiveBuffer } from '../../receive-buffer.ts'
import type { TransportSink } from '../../transport.ts'

/** Line errors that are kept among bytes which wait; what comes beyond is not told. */
const mostErrors = 1000

/** What has come for a sink that is not there yet, or is paused: bytes, the errors among them, and the end behind. */
export class Arrivals {
  readonly #chunkSize: number
  readonly #held: ReceiveBuffer = new ReceiveBuffer()
  #errors: LineError[] = []
  #reason: SerialError | undefined
  #sink: TransportSink | undefined
  #isPaused = false
  #isDelivering = false
  /** How many bytes the sink was given: what it never had does not count where an error stands. */
  #given = 0

  /** @param chunkSize - bytes that the sink is given at a time */
  constructor(chunkSize: number) {
    this.#chunkSize = chunkSize
  }

  /** Bytes that wait. */
  get length(): number {
    return this.#held.length
  }

  get #flows(): boolean {
    return this.#sink !== undefined && !this.#isPaused
  }

  /** What waits is told soon, not now. */
  start(sink: TransportSink): void {
    this.#sink = sink
    setImmediate(() => this.#deliver())
  }

  pause(): void {
    this.#isPaused = true
  }

  /** Gives the sink what waits, until it is paused again. */
  resume(): void {
    this.#isPaused = false
    this.#deliver()
  }

  data(bytes: Uint8Array): void {
    if (this.#flows && this.length === 0 && this.#errors.length === 0) this.#give(bytes)
    else this.#held.push(bytes)
  }

  lineError(kind: LineErrorKind): void {
    if (this.#errors.length < mostErrors) this.#errors.push({ kind, offset: this.#given + this.length })
    this.#deliver()
  }

  end(reason: SerialError): void {
    this.#reason = reason
    this.#deliver()
  }

  #deliver(): void {
    // A sink that is given something may call resume().
    if (this.#isDelivering) return
    this.#isDelivering = true
    while (this.#flows && this.#deliverNext());
    this.#isDelivering = false
    if (this.#flows && this.#reason !== undefined) this.#tellEnd(this.#reason)
  }

  /** @returns whether there was anything */
  #deliverNext(): boolean {
    const [error] = this.#errors
    if (error !== undefined && error.offset <= this.#given) {
      this.#errors.shift()
      this.#sink?.lineError(error)
      return true
    }
    const until = error === undefined ? Infinity : error.offset - this.#given
    const chunk = this.#held.take(Math.min(this.#chunkSize, until))
    if (chunk.byteLength > 0) this.#give(chunk)
    return chunk.byteLength > 0
  }

  #give(chunk: Uint8Array): void {
    this.#given += chunk.byteLength
    this.#sink?.data(chunk)
  }

  #tellEnd(reason: SerialError): void {
    const sink = this.#sink
    this.#sink = undefined
    sink?.end(reason)
  }

  /** Drops the bytes that wait, and the errors among them. */
  clear(): void {
    this.#held.clear()
    this.#errors = []
    setImmediate(() => this.#deliver())
  }

  /** Nobody listens any more. */
  close(): void {
    this.#sink = undefined
    this.clear()
  }
}
