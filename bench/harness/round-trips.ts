import { checkPayload, payloadAt } from './payload.ts'

const messageSize = 16

/** Messages to be echoed one at a time, each other bytes than the one before, and how long each took. */
export class RoundTrips {
  /** µs of each round after the warm-up. */
  readonly times: number[] = []
  readonly #warm: number
  readonly #rounds: number
  readonly #warmedUp: () => void
  #round = 0
  #answered = 0
  #began = 0

  constructor(warm: number, rounds: number, warmedUp: () => void = () => {}) {
    this.#warm = warm
    this.#rounds = rounds
    this.#warmedUp = warmedUp
  }

  /** The next message, to be sent at once: the clock runs. None when all rounds are done. */
  next(): Buffer | undefined {
    if (this.#round === this.#warm + this.#rounds) return undefined
    if (this.#round === this.#warm) this.#warmedUp()
    const message = payloadAt(this.#round * messageSize, messageSize)
    this.#began = performance.now()
    return message
  }

  /** Takes the answer, whole or in parts; true when it is complete. The clock stops before it is checked. */
  answered(bytes: Uint8Array): boolean {
    const now = performance.now()
    checkPayload(bytes, this.#round * messageSize + this.#answered)
    this.#answered += bytes.byteLength
    if (this.#answered > messageSize) throw new Error(`${this.#answered} bytes in answer to ${messageSize}`)
    if (this.#answered < messageSize) return false
    if (this.#round >= this.#warm) this.times.push((now - this.#began) * 1000)
    this.#round += 1
    this.#answered = 0
    return true
  }
}
