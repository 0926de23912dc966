import { checkPayload, lineSize, makeLines, payloadAt } from './payload.ts'

const valid = 'v'

/** What starts the far end: how many bytes it gets, and how many it is to send. */
function header(send: number, receive: number): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64LE(BigInt(send), 0)
  bytes.writeBigUInt64LE(BigInt(receive), 8)
  return bytes
}

/**
 * So many bytes sent, and so many received meanwhile. The far end checks what it gets as this end does, and says so
 * in a last byte: with it everything is known to have arrived.
 */
export class Transfer {
  readonly #send: number
  readonly #receive: number
  readonly #piece: number
  #sent = -1
  #received = 0

  /** @param piece - how many bytes to give to the library at a time */
  constructor(send: number, receive: number, piece: number) {
    this.#send = send
    this.#receive = receive
    this.#piece = piece
  }

  /** What to send next: first of all the header; nothing when all was sent. */
  next(): Buffer | undefined {
    if (this.#sent === -1) {
      this.#sent = 0
      return header(this.#send, this.#receive)
    }
    if (this.#sent === this.#send) return undefined
    const bytes = payloadAt(this.#sent, Math.min(this.#piece, this.#send - this.#sent))
    this.#sent += bytes.byteLength
    return bytes
  }

  /** Takes what has arrived; true when that was the last. */
  arrived(bytes: Uint8Array): boolean {
    const data = Math.min(bytes.byteLength, this.#receive - this.#received)
    checkPayload(data === bytes.byteLength ? bytes : bytes.subarray(0, data), this.#received)
    this.#received += data
    if (data === bytes.byteLength) return false
    if (bytes[data] !== valid.charCodeAt(0) || this.#sent !== this.#send)
      throw new Error('the far end got other bytes than were sent')
    return true
  }
}

const lines = makeLines()

/** So many lines received, and a last one from the far end. */
export class Lines {
  readonly #count: number
  #arrived = 0

  constructor(count: number) {
    this.#count = count
  }

  /** What starts the far end. */
  get header(): Buffer {
    return header(0, this.#count * lineSize)
  }

  /** Takes a line, without its end; true when it was the last. */
  arrived(line: string): boolean {
    const last = this.#arrived === this.#count
    const expected = last ? valid : lines[this.#arrived % lines.length]
    if (line !== expected) throw new Error(`line ${this.#arrived} is ${line} and not ${expected}`)
    this.#arrived += 1
    return last
  }
}
