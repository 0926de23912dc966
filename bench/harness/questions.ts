import type { Rounds } from './rounds.ts'

/** Requests to an instrument that answers each with the request itself, and how long each took. */
export class Questions {
  readonly #rounds: Rounds
  #number = 0

  constructor(rounds: Rounds) {
    this.#rounds = rounds
  }

  /** The next request, without its line end, to be sent at once: the clock runs. None when all rounds are done. */
  next(): string | undefined {
    if (!this.#rounds.advance()) return undefined
    this.#number += 1
    const request = this.#text
    this.#rounds.begin()
    return request
  }

  /** Takes the answer, without its line end. */
  answered(line: string): void {
    const now = performance.now()
    if (line !== this.#text) throw new Error(`the answer to ${this.#text} was ${line}`)
    this.#rounds.end(now)
  }

  get #text(): string {
    return `MEAS:VOLT? ${this.#number}`
  }
}
