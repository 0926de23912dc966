/** Where the results of a loop come from. */
export interface Source<T> {
  /** The next one, if it is there already; nothing where others wait for it. */
  take(): T | undefined
  /** The next one, waited for; or that there will be none. */
  wait(): Promise<IteratorResult<T, void>>
  /** Ends the waits that are under way, with an error; what would have come to them is left for others. */
  stop(): void
}

const over: IteratorReturnResult<void> = { done: true, value: undefined }

/**
 * What arrives, one thing after the other, for `for await`. By hand, and not an `async function*`, whose every result
 * takes several turns of the promises: a burst of lines would cost more in these than in the lines.
 */
export class Incoming<T> implements AsyncGenerator<T, void, undefined> {
  readonly #source: Source<T>
  #over = false
  #stopped = false

  constructor(source: Source<T>) {
    this.#source = source
  }

  next(): Promise<IteratorResult<T, void>> {
    if (this.#over) return Promise.resolve(over)
    const value = this.#source.take()
    return value === undefined ? this.#wait() : Promise.resolve({ done: false, value })
  }

  async #wait(): Promise<IteratorResult<T, void>> {
    let result: IteratorResult<T, void> = over
    try {
      result = await this.#source.wait()
    } catch (error) {
      if (!this.#stopped) throw error
    } finally {
      if (result.done === true) this.#over = true
    }
    return result
  }

  return(): Promise<IteratorResult<T, void>> {
    this.#stop()
    return Promise.resolve(over)
  }

  async throw(error: unknown): Promise<never> {
    this.#stop()
    throw error
  }

  #stop(): void {
    this.#over = true
    this.#stopped = true
    this.#source.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
