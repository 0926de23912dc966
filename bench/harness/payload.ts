/** The bytes that travel, the same as in payload.h: what arrives is compared with what was sent. */

/** A prime: no piece of the size of a page or a buffer can be missing without everything after it being wrong. */
const period = 65_521
const piece = 65_536

const payload = makePayload()

function makePayload(): Buffer {
  const bytes = Buffer.alloc(period + piece)
  let state = 1
  for (let i = 0; i < period; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    bytes[i] = state >>> 24
  }
  for (let i = period; i < bytes.length; i++) bytes[i] = bytes[i - period] ?? 0
  return bytes
}

/** The bytes at a position of the stream; at most a piece. */
export function payloadAt(position: number, count: number): Buffer {
  const start = position % period
  return payload.subarray(start, start + Math.min(count, piece))
}

/** Throws when these are not the bytes at this position. */
export function checkPayload(bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.byteLength; done += piece) {
    const part = bytes.subarray(done, done + piece)
    if (payloadAt(position + done, part.byteLength).equals(part)) continue
    throw new Error(`wrong bytes among the ${bytes.byteLength} at position ${position}`)
  }
}
