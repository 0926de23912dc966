/** A point in time, on the clock that nobody sets. */
export class Deadline {
  readonly #at: number

  /** @param timeout - ms from now; 0: it has passed already; Infinity: never */
  constructor(timeout: number) {
    // Without a deadline nobody looks at the clock: it is on the way of every byte.
    this.#at = timeout === Infinity ? Infinity : timeout === 0 ? -Infinity : performance.now() + timeout
  }

  /** ms, at least 0 */
  get left(): number {
    return this.#at === Infinity ? Infinity : Math.max(0, this.#at - performance.now())
  }

  get passed(): boolean {
    return this.left === 0
  }
}
