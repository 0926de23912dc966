import { Bound } from './bound.ts'
import type { SerialError } from './errors.ts'
import { aborted, repeated, timedOut } from './failures.ts'
import { ReceiveBuffer } from './receive-buffer.ts'
import { WaitingList } from './waiting-list.ts'
import type { Want } from './wants.ts'

/** How long a read waits, with every default filled in. */
export interface ReadLimits {
  readonly timeout: number
  readonly interByteTimeout: number
  readonly signal: AbortSignal | undefined
}

/** What is there for a read that is not the first in line. */
const nothing = new ReceiveBuffer()

/** A read that waits. A class and no set of closures: there is one of it for every message. */
class Reader<T> {
  readonly want: Want<T>
  readonly limits: ReadLimits
  readonly resolve: (result: T | Promise<T>) => void
  readonly reject: (error: SerialError) => void
  bound: Bound | undefined
  silence: Bound | undefined
  before: Reader<unknown> | undefined
  after: Reader<unknown> | undefined

  constructor(
    want: Want<T>,
    limits: ReadLimits,
    resolve: (result: T | Promise<T>) => void,
    reject: (error: SerialError) => void,
  ) {
    this.want = want
    this.limits = limits
    this.resolve = resolve
    this.reject = reject
  }

  /** Whether silence after a byte ends it. */
  get watchesSilence(): boolean {
    return this.want.endsInSilence === true && this.limits.interByteTimeout !== Infinity
  }

  /** Tries to finish; true when it did. */
  finish(buffer: ReceiveBuffer): boolean {
    const result = this.want.take(buffer)
    if (result === undefined) return false
    this.release()
    this.resolve(result)
    return true
  }

  fail(error: SerialError): void {
    this.release()
    this.reject(error)
  }

  release(): void {
    this.bound?.release()
    this.silence?.release()
  }
}

/** Reads that wait, served in the order in which they came. */
export class ReadQueue {
  readonly #path: string
  readonly #buffer: ReceiveBuffer
  readonly #changed: () => void
  readonly #waiting: WaitingList<Reader<unknown>> = new WaitingList()
  #ended: SerialError | undefined

  /** @param changed - called when a read has begun to wait, or has taken bytes */
  constructor(path: string, buffer: ReceiveBuffer, changed: () => void) {
    this.#path = path
    this.#buffer = buffer
    this.#changed = changed
  }

  get waiting(): boolean {
    return this.#waiting.first !== undefined
  }

  /** What is wanted, if it is there and nobody waits for it. */
  take<T>(want: Want<T>): T | undefined {
    if (this.waiting) return undefined
    const result = want.take(this.#buffer)
    if (result !== undefined) this.#changed()
    return result
  }

  read<T>(want: Want<T>, limits: ReadLimits): Promise<T> {
    if (limits.signal?.aborted === true)
      return Promise.reject(aborted(this.#path, 'the read', limits.signal.reason))
    const result = this.take(want)
    if (result !== undefined) return Promise.resolve(result)
    if (this.#ended !== undefined) return this.#atEnd(want, this.#ended)
    return new Promise<T>((resolve, reject) => {
      this.#wait(new Reader(want, limits, resolve, reject) as Reader<unknown>)
      this.#changed()
    })
  }

  #wait(reader: Reader<unknown>): void {
    const { signal, timeout } = reader.limits
    if (timeout !== Infinity || signal !== undefined) {
      reader.bound = new Bound(
        timeout,
        signal,
        () => this.#expired(reader),
        () => this.#aborted(reader),
      )
    }
    if (reader.watchesSilence && !this.waiting) this.#listen(reader)
    this.#waiting.push(reader)
  }

  /** Bytes have been put into the buffer, or taken out. */
  arrived(): void {
    const first = this.#serve()
    if (first?.watchesSilence === true) this.#listen(first)
  }

  /** Settles those who have waited for what there is; returns the next. */
  #serve(): Reader<unknown> | undefined {
    for (let first = this.#waiting.first; first !== undefined; first = this.#waiting.first) {
      if (!first.finish(this.#buffer)) return first
      this.#waiting.delete(first)
    }
    return undefined
  }

  /** One has gone: the next may have what there is. To one that was the first before no byte has come, so its silence goes on. */
  #moveUp(): void {
    const first = this.#serve()
    if (first?.watchesSilence === true && first.silence === undefined) this.#listen(first)
  }

  /** Nothing more will arrive; what is in the buffer can still be read. */
  end(reason: SerialError): void {
    this.#ended = reason
    this.interrupt(reason)
  }

  /** What is to come now does not follow what there is: every read that waits settles for that, or fails. */
  interrupt(reason: SerialError): void {
    for (const reader of this.#waiting.takeAll()) {
      reader.release()
      reader.resolve(reader.want.take(this.#buffer) ?? this.#atEnd(reader.want, reason))
    }
  }

  /** The port was closed: every waiting read fails. */
  fail(reason: (bytes: number) => SerialError): void {
    for (const reader of this.#waiting.takeAll()) reader.fail(reason(this.#buffer.length))
  }

  #atEnd<T>(want: Want<T>, reason: SerialError): Promise<T> {
    if (want.settleFor === undefined || this.#buffer.length === 0) {
      return Promise.reject(repeated(reason, this.#buffer.length))
    }
    return Promise.resolve(want.settleFor(this.#buffer))
  }

  #listen(reader: Reader<unknown>): void {
    reader.silence?.release()
    if (this.#buffer.length === 0) return
    reader.silence = new Bound(
      reader.limits.interByteTimeout,
      undefined,
      () => this.#expired(reader),
      () => {},
    )
  }

  /** The time is up. */
  #expired(reader: Reader<unknown>): void {
    const { limits, want } = reader
    // What is there belongs to the first in line.
    const mine = this.#waiting.first === reader ? this.#buffer : nothing
    this.#waiting.delete(reader)
    if (want.settleFor === undefined)
      reader.fail(timedOut(this.#path, 'the read', limits.timeout, mine.length))
    else {
      reader.release()
      reader.resolve(want.settleFor(mine))
    }
    this.#changed()
    this.#moveUp()
  }

  #aborted(reader: Reader<unknown>): void {
    const mine = this.#waiting.first === reader ? this.#buffer : nothing
    this.#waiting.delete(reader)
    reader.fail(aborted(this.#path, 'the read', reader.limits.signal?.reason, mine.length))
    this.#moveUp()
  }
}
