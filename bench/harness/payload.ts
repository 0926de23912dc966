/** The bytes that travel, the same as in payload.h: what arrives is compared with what was sent. */

/** A prime: no piece of the size of a page or a buffer can be missing without everything after it being wrong. */
const period = 65_521
const piece = 65_536

/** The lines that travel, of this many characters with their end; again a prime number of them. */
export const lineSize = 64
const lineCount = 1009

const payload = makePayload()

function makePayload(): Buffer {
  const bytes = Buffer.from(random(period))
  return Buffer.concat([bytes, bytes, bytes]).subarray(0, period + piece)
}

function random(count: number): Uint8Array {
  const bytes = new Uint8Array(count)
  let state = 1
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    bytes[i] = state >>> 24
  }
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

/** All lines there are, without their ends: capital letters. */
export function makeLines(): readonly string[] {
  const letters = random(lineCount * lineSize).map((byte) => 65 + (byte % 26))
  return Array.from({ length: lineCount }, (_, i) => {
    return Buffer.from(letters.buffer, i * lineSize, lineSize - 1).toString('latin1')
  })
}
