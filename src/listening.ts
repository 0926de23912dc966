/** Who waits for a signal. */
export interface Listener {
  aborted(): void
}

/** All that wait for one signal. */
class Audience {
  readonly #listeners: Set<Listener> = new Set()

  get isEmpty(): boolean {
    return this.#listeners.size === 0
  }

  add(listener: Listener): void {
    this.#listeners.add(listener)
  }

  delete(listener: Listener): void {
    this.#listeners.delete(listener)
  }

  readonly tell = (): void => {
    // One that hears of it may send others away.
    for (const listener of this.#listeners) {
      this.#listeners.delete(listener)
      listener.aborted()
    }
  }
}

const audiences: WeakMap<AbortSignal, Audience> = new WeakMap()

/**
 * Tells it when the signal aborts, once. A signal gets one listener of ours, however many wait for it: it looks at all of its
 * listeners whenever one comes or goes, and Node warns of more than ten.
 */
export function listen(signal: AbortSignal, listener: Listener): void {
  let audience = audiences.get(signal)
  if (audience === undefined) {
    audience = new Audience()
    audiences.set(signal, audience)
  }
  if (audience.isEmpty) signal.addEventListener('abort', audience.tell, { once: true })
  audience.add(listener)
}

/** It does not wait any more. */
export function ignore(signal: AbortSignal, listener: Listener): void {
  const audience = audiences.get(signal)
  if (audience === undefined || audience.isEmpty) return
  audience.delete(listener)
  if (audience.isEmpty) signal.removeEventListener('abort', audience.tell)
}
