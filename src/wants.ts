import type { ReceiveBuffer } from './receive-buffer.ts'

/** What a read waits for, stated over the bytes that have arrived; the same for the asynchronous and the blocking port. */
export interface Want<T> {
  /** Takes the result out of the buffer, or leaves the buffer as it is and says `undefined`: not yet. */
  take(buffer: ReceiveBuffer): T | undefined
  /** What the read gives when the time is up; where this is missing it fails, and the bytes stay. */
  settleFor?(buffer: ReceiveBuffer): T
  /** Silence after a byte may end it before its time. */
  readonly endsInSilence?: boolean
}

/** Whatever there is, at least one byte. */
export function anything(): Want<Buffer> {
  return whatever
}

const whatever: Want<Buffer> = {
  take: (buffer) => (buffer.length > 0 ? buffer.take(buffer.length) : undefined),
  settleFor: (buffer) => buffer.take(buffer.length),
}

/** So many bytes, or fewer when the time is up. */
export function upTo(size: number): Want<Buffer> {
  return new UpTo(size)
}

/** So many bytes and no fewer. */
export function exactly(size: number): Want<Buffer> {
  return new Exactly(size)
}

/** Classes, and no sets of closures: there is one of these for every message. */
class Exactly implements Want<Buffer> {
  readonly size: number

  constructor(size: number) {
    this.size = size
  }

  take(buffer: ReceiveBuffer): Buffer | undefined {
    return buffer.length >= this.size ? buffer.take(this.size) : undefined
  }
}

class UpTo extends Exactly {
  readonly endsInSilence = true

  settleFor(buffer: ReceiveBuffer): Buffer {
    return buffer.take(this.size)
  }
}

/** Everything up to and with the delimiter; or `most` bytes, when it is not among them. */
export function until(delimiter: Uint8Array, most: number): Want<Buffer> {
  return new Until(delimiter, most)
}

/** A line as text without its end; a `\r` before a `\n` belongs to the end. */
export function line(end: Uint8Array, most: number, encoding: BufferEncoding): Want<string> {
  return new Line(end, most, encoding)
}

/** Looks for the delimiter within the first `most` bytes; bytes once looked through are not looked through again. */
class Search {
  readonly #delimiter: Uint8Array
  readonly #most: number
  /** A place in the whole stream: a purge may take bytes away between two looks. */
  #clean = 0
  /** What was found: where the delimiter begins and ends, or `most` twice where it is not among so many. */
  start = 0
  end = 0

  constructor(delimiter: Uint8Array, most: number) {
    this.#delimiter = delimiter
    this.#most = most
  }

  /** Whether it was found. */
  look(buffer: ReceiveBuffer): boolean {
    const found = this.#find(buffer)
    const { beforeGap } = buffer
    if (beforeGap === 0 || (found ? this.end : buffer.length) <= beforeGap) return found
    // The beginning of one message, and the end of another: together they would be a wrong one.
    buffer.skip(beforeGap)
    return this.#find(buffer)
  }

  #find(buffer: ReceiveBuffer): boolean {
    const size = this.#delimiter.byteLength
    const most = this.#most
    const start = buffer.indexOf(this.#delimiter, Math.max(0, this.#clean - buffer.position))
    const complete = start >= 0 && start + size <= most
    this.start = complete ? start : most
    this.end = complete ? start + size : most
    if (complete || buffer.length >= most) return true
    this.#clean = buffer.position + Math.max(0, buffer.length - size + 1)
    return false
  }
}

class Until extends Search implements Want<Buffer> {
  take(buffer: ReceiveBuffer): Buffer | undefined {
    return this.look(buffer) ? buffer.take(this.end) : undefined
  }
}

class Line extends Search implements Want<string> {
  readonly #encoding: BufferEncoding
  readonly #isNewline: boolean

  constructor(end: Uint8Array, most: number, encoding: BufferEncoding) {
    super(end, most)
    this.#encoding = encoding
    this.#isNewline = end.byteLength === 1 && end[0] === 0x0a
  }

  take(buffer: ReceiveBuffer): string | undefined {
    if (!this.look(buffer)) return undefined
    const { end, start } = this
    const returned = this.#isNewline && end > start && buffer.at(start - 1) === 0x0d
    const length = returned ? start - 1 : start
    const text = buffer.takeText(length, this.#encoding)
    buffer.skip(end - length)
    return text
  }
}
