import { checkPayload, payloadAt } from './payload.ts'
import type { Rounds } from './rounds.ts'

/** Messages to be echoed one at a time, each other bytes than the one before, and how long each took. */
export class RoundTrips {
  readonly size: number
  readonly #rounds: Rounds
  #position = 0
  #answered = 0

  constructor(size: number, rounds: Rounds) {
    this.size = size
    this.#rounds = rounds
  }

  /** The next message, to be sent at once: the clock runs. None when all rounds are done. */
  next(): Buffer | undefined {
    if (!this.#rounds.advance()) return undefined
    const message = payloadAt(this.#position, this.size)
    this.#rounds.begin()
    return message
  }

  /** Takes the answer, whole or in parts; true when it is complete. The clock stops before it is checked. */
  answered(bytes: Uint8Array): boolean {
    const now = performance.now()
    checkPayload(bytes, this.#position + this.#answered)
    this.#answered += bytes.byteLength
    if (this.#answered > this.size) throw new Error(`${this.#answered} bytes in answer to ${this.size}`)
    if (this.#answered < this.size) return false
    this.#rounds.end(now)
    this.#position += this.size
    this.#answered = 0
    return true
  }
}
