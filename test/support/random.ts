/** Pseudo-random numbers that a seed repeats: xorshift32 (Marsaglia, 2003). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1
  }

  next(): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x >>> 0
    return this.#state
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + (this.next() % (most - least + 1))
  }

  /** True once in `times`, on average. */
  once(times: number): boolean {
    return this.next() % times === 0
  }
}

/** The seed of this run: fresh each time, or the one that a failure named in `BAUD_TEST_SEED`. */
const seed: number = Number(process.env['BAUD_TEST_SEED'] ?? (Date.now() % 0x7fffffff) + 1)

/** Says which seed failed: `BAUD_TEST_SEED=<seed>` repeats the run. */
export async function seeded(body: (random: Random, seed: number) => Promise<void> | void): Promise<void> {
  try {
    await body(new Random(seed), seed)
  } catch (error) {
    console.error(`failed with BAUD_TEST_SEED=${seed}`)
    throw error
  }
}
