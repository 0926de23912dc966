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
  return { ...exactly(size), settleFor: (buffer) => buffer.take(size), endsInSilence: true }
}

/** So many bytes and no fewer. */
export function exactly(size: number): Want<Buffer> {
  return { take: (buffer) => (buffer.length >= size ? buffer.take(size) : undefined) }
}

/** Everything up to and with the delimiter; or `most` bytes, when it is not among them. */
export function until(delimiter: Uint8Array, most: number): Want<Buffer> {
  const find = search(delimiter, most)
  return {
    take(buffer) {
      const found = find(buffer)
      return found === undefined ? undefined : buffer.take(found.end)
    },
  }
}

/** A line as text without its end; a `\r` before a `\n` belongs to the end. */
export function line(end: Uint8Array, most: number, encoding: BufferEncoding): Want<string> {
  const find = search(end, most)
  const isNewline = end.byteLength === 1 && end[0] === 0x0a
  return {
    take(buffer) {
      const found = find(buffer)
      if (found === undefined) return undefined
      const carriageReturn = isNewline && found.complete && buffer.at(found.start - 1) === 0x0d ? 1 : 0
      const text = buffer.takeText(found.start - carriageReturn, encoding)
      buffer.skip(found.end - found.start + carriageReturn)
      return text
    },
  }
}

interface Found {
  readonly start: number
  readonly end: number
  /** With its delimiter, and not cut for being too long. */
  readonly complete: boolean
}

/** Looks for the delimiter within the first `most` bytes; bytes once looked through are not looked through again. */
function search(delimiter: Uint8Array, most: number): (buffer: ReceiveBuffer) => Found | undefined {
  // A place in the whole stream: a purge may take bytes away between two looks.
  let clean = 0
  const look = (buffer: ReceiveBuffer): Found | undefined => {
    const start = buffer.indexOf(delimiter, Math.max(0, clean - buffer.position))
    const end = start + delimiter.byteLength
    if (start >= 0 && end <= most) return { start, end, complete: true }
    if (buffer.length >= most) return { start: most, end: most, complete: false }
    clean = buffer.position + Math.max(0, buffer.length - delimiter.byteLength + 1)
    return undefined
  }
  return (buffer) => {
    const found = look(buffer)
    const { beforeGap } = buffer
    const crossed = found === undefined ? buffer.length > beforeGap : found.end > beforeGap
    if (beforeGap === 0 || !crossed) return found
    // The beginning of one message, and the end of another: together they would be a wrong one.
    buffer.skip(beforeGap)
    return look(buffer)
  }
}
