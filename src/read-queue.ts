import { Bound } from './bound.ts'
import type { SerialError } from './errors.ts'
import { aborted, repeated, timedOut } from './failures.ts'
import { ReceiveBuffer } from './receive-buffer.ts'
import type { Want } from './wants.ts'

/** How long a read waits, with every default filled in. */
export interface ReadLimits {
  readonly timeout: number
  readonly interByteTimeout: number
  readonly signal: AbortSignal | undefined
}

/** What is there for a read that is not the first in line. */
const nothing = new ReceiveBuffer()

interface Reader {
  /** Tries to finish; true when it did. */
  arrived(): boolean
  /** The stream has ended: takes the rest, or fails. */
  ended(reason: SerialError): void
  fail(reason: SerialError): void
}

/** Reads that wait, served in the order in which they came. */
export class ReadQueue {
  readonly #path: string
  readonly #buffer: ReceiveBuffer
  readonly #changed: () => void
  #waiting: Reader[] = []
  #ended: SerialError | undefined

  /** @param changed - called when a read has begun to wait, or has taken bytes */
  constructor(path: string, buffer: ReceiveBuffer, changed: () => void) {
    this.#path = path
    this.#buffer = buffer
    this.#changed = changed
  }

  get waiting(): boolean {
    return this.#waiting.length > 0
  }

  read<T>(want: Want<T>, limits: ReadLimits): Promise<T> {
    if (limits.signal?.aborted === true)
      return Promise.reject(aborted(this.#path, 'the read', limits.signal.reason))
    if (this.#waiting.length === 0) {
      const result = want.take(this.#buffer)
      if (result !== undefined) {
        this.#changed()
        return Promise.resolve(result)
      }
    }
    if (this.#ended !== undefined) return this.#atEnd(want, this.#ended)
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(this.#reader(want, limits, resolve, reject))
      this.#changed()
    })
  }

  /** Bytes have been put into the buffer. */
  arrived(): void {
    while (this.#waiting[0]?.arrived() === true) this.#waiting.shift()
  }

  /** Nothing more will arrive; what is in the buffer can still be read. */
  end(reason: SerialError): void {
    this.#ended = reason
    for (const reader of this.#waiting.splice(0)) reader.ended(reason)
  }

  /** The port was closed: every waiting read fails. */
  fail(reason: (bytes: number) => SerialError): void {
    for (const reader of this.#waiting.splice(0)) reader.fail(reason(this.#buffer.length))
  }

  #atEnd<T>(want: Want<T>, reason: SerialError): Promise<T> {
    if (want.settleFor === undefined || this.#buffer.length === 0) {
      return Promise.reject(repeated(reason, this.#buffer.length))
    }
    return Promise.resolve(want.settleFor(this.#buffer))
  }

  #reader<T>(
    want: Want<T>,
    limits: ReadLimits,
    resolve: (result: T | Promise<T>) => void,
    reject: (error: SerialError) => void,
  ): Reader {
    const { interByteTimeout, signal, timeout } = limits
    const leave = () => {
      this.#forget(reader)
      settle()
    }
    const expired = () => {
      // What is there belongs to the first in line.
      const mine = this.#waiting[0] === reader ? this.#buffer : nothing
      leave()
      if (want.settleFor === undefined) reject(timedOut(this.#path, 'the read', timeout, mine.length))
      else resolve(want.settleFor(mine))
      this.#changed()
      this.arrived()
    }
    const bound = new Bound(timeout, signal, expired, () => {
      leave()
      reject(aborted(this.#path, 'the read', signal?.reason, this.#buffer.length))
      this.arrived()
    })
    const watchesSilence = want.endsInSilence === true && interByteTimeout !== Infinity
    let silence: Bound | undefined
    const settle = () => {
      bound.release()
      silence?.release()
    }
    const listen = () => {
      silence?.release()
      if (this.#buffer.length > 0) silence = new Bound(interByteTimeout, undefined, expired, () => {})
    }
    const reader: Reader = {
      arrived: () => {
        const result = want.take(this.#buffer)
        if (result === undefined) {
          if (watchesSilence) listen()
          return false
        }
        settle()
        resolve(result)
        return true
      },
      ended: (reason) => {
        settle()
        resolve(this.#atEnd(want, reason))
      },
      fail: (error) => {
        settle()
        reject(error)
      },
    }
    if (watchesSilence && this.#waiting.length === 0) listen()
    return reader
  }

  #forget(reader: Reader): void {
    const at = this.#waiting.indexOf(reader)
    if (at >= 0) this.#waiting.splice(at, 1)
  }
}
