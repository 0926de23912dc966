/** After so many ms no round is begun, whoever is at work; the warm-up has half of it. */
const patience = 4000

/** Rounds that follow one another, first to warm up and then to measure, and how long each took. */
export class Rounds {
  /** µs of each round after the warm-up. */
  readonly times: number[] = []
  readonly #warmedUp: () => void
  readonly #until: number = performance.now() + patience
  #warm: number
  #left: number
  #measuring = false
  #began = 0

  constructor(warm: number, rounds: number, warmedUp: () => void = () => {}) {
    this.#warm = warm
    this.#left = rounds
    this.#warmedUp = warmedUp
  }

  /** Whether there is another round; the clock runs from `begin()` on. */
  advance(): boolean {
    const now = performance.now()
    if (this.#warm > 0 && now < this.#until - patience / 2) {
      this.#warm -= 1
      return true
    }
    if (!this.#measuring) this.#warmedUp()
    this.#measuring = true
    if (this.#left === 0 || now > this.#until) return false
    this.#left -= 1
    return true
  }

  begin(): void {
    this.#began = performance.now()
  }

  /** The round was done at this time. */
  end(at: number): void {
    if (this.#measuring) this.times.push((at - this.#began) * 1000)
  }
}
