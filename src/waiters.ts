/** Whoever waits for the same thing to happen. */
export class Waiters {
  readonly #waiting: Set<() => void> = new Set()

  /** Resolves at the next release; when the signal aborts, it rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        signal.removeEventListener('abort', aborted)
        resolve()
      }
      const aborted = () => {
        this.#waiting.delete(done)
        reject(signal.reason as Error)
      }
      if (signal.aborted) return aborted()
      signal.addEventListener('abort', aborted, { once: true })
      this.#waiting.add(done)
    })
  }

  release(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const done of waiting) done()
  }
}
