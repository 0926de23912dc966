import { checkPayload, payloadAt } from './payload.ts'

const pieceSize = 65_536
const valid = 'v'.charCodeAt(0)

/**
 * So many bytes sent, and so many received meanwhile. The far end checks what it gets as this end does, and says so
 * in a last byte: with it everything is known to have arrived.
 */
export class Transfer {
  readonly #send: number
  readonly #receive: number
  #sent = -1
  #received = 0

  constructor(send: number, receive: number) {
    this.#send = send
    this.#receive = receive
  }

  /** What to send next: first of all the header, which starts the far end; nothing when all was sent. */
  next(): Buffer | undefined {
    if (this.#sent === -1) {
      this.#sent = 0
      return this.#header()
    }
    if (this.#sent === this.#send) return undefined
    const bytes = payloadAt(this.#sent, Math.min(pieceSize, this.#send - this.#sent))
    this.#sent += bytes.byteLength
    return bytes
  }

  #header(): Buffer {
    const header = Buffer.alloc(16)
    header.writeBigUInt64LE(BigInt(this.#send), 0)
    header.writeBigUInt64LE(BigInt(this.#receive), 8)
    return header
  }

  /** Takes what has arrived; true when that was the last. */
  arrived(bytes: Uint8Array): boolean {
    const data = Math.min(bytes.byteLength, this.#receive - this.#received)
    checkPayload(data === bytes.byteLength ? bytes : bytes.subarray(0, data), this.#received)
    this.#received += data
    if (data === bytes.byteLength) return false
    if (bytes[data] !== valid || this.#sent !== this.#send)
      throw new Error('the far end got other bytes than were sent')
    return true
  }
}
