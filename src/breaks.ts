import { Bound } from './bound.ts'
import type { Transport } from './transport.ts'

/**
 * The break condition of a line, which several calls may ask for at once: it is released when the last of them is over. What
 * ends them with the port stands here, and not in reactions to its `closed`, which would stay for as long as the port.
 */
export class Breaks {
  readonly #transport: Transport
  #held = 0
  readonly #waits: Set<() => void> = new Set()
  #isOver = false

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Holds the line for so many ms, or until the signal aborts or the port ends, which says so itself. */
  async hold(duration: number, signal: AbortSignal | undefined): Promise<void> {
    this.#held += 1
    try {
      await this.#set(true)
      await this.#wait(duration, signal)
    } finally {
      this.#held -= 1
      if (this.#held === 0 && !this.#isOver) await this.#set(false)
    }
  }

  async #wait(duration: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#isOver || signal?.aborted === true) return
    await new Promise<void>((resolve) => {
      const end = () => {
        bound.release()
        this.#waits.delete(end)
        resolve()
      }
      const bound = new Bound(duration, signal, end, end)
      this.#waits.add(end)
    })
  }

  /** The port ends, and with it what is held. */
  end(): void {
    this.#isOver = true
    for (const end of this.#waits) end()
  }

  /** Releases the line before the transport closes: until then what was written could not leave. */
  release(): void {
    if (this.#held === 0) return
    // The port is closing, and whoever holds the line is told so.
    this.#set(false).catch(() => {})
  }

  /** Async for a transport of the user's, which may throw at once. */
  async #set(on: boolean): Promise<void> {
    await this.#transport.setSignals({ break: on })
  }
}
