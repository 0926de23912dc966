/** Something that is to happen at a time, unless it is taken back before. */
export interface Due {
  /** On the clock of `performance.now()`, ms. */
  readonly at: number
  /** The alarm's own: where it stands among those that wait. */
  place: number
  expire(): void
}

/**
 * One timer for all the time-outs of a thread. Nearly every call is done long before its time is up, and the next one has as
 * long: so the timer is left running when a call is done, and looks, when it rings, whose time is up by then. A timer of its
 * own for each call costs as much as the rest of the call. It keeps no process alive.
 */
class Alarm {
  /** In no order; an array, since a Set has to give each of them a hash. */
  readonly #waiting: Due[] = []
  #rings = Infinity
  #timer: NodeJS.Timeout | undefined

  add(due: Due): void {
    due.place = this.#waiting.push(due) - 1
    if (due.at < this.#rings) this.#set(due.at)
  }

  delete(due: Due): void {
    const last = this.#waiting.at(-1)
    if (last === undefined || this.#waiting[due.place] !== due) return
    this.#waiting[due.place] = last
    last.place = due.place
    this.#waiting.pop()
  }

  #set(at: number): void {
    clearTimeout(this.#timer)
    this.#rings = at
    // Rounded up: timers count whole ms, and one that rang too soon would have to be set once more.
    this.#timer = setTimeout(() => this.#ring(), Math.ceil(at - performance.now())).unref()
  }

  #ring(): void {
    this.#rings = Infinity
    const now = performance.now()
    try {
      // One that expires may add others, and take others back.
      for (const due of this.#waiting.filter(({ at }) => at <= now)) {
        if (this.#waiting[due.place] !== due) continue
        this.delete(due)
        due.expire()
      }
    } finally {
      const next = this.#waiting.reduce((least, { at }) => Math.min(least, at), Infinity)
      if (next < this.#rings) this.#set(next)
    }
  }
}

export const alarm: Alarm = new Alarm()
