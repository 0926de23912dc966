import { clearTimeout as clearSystemTimer, setTimeout as setSystemTimer } from 'node:timers'

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
 *
 * It is a timer of the system's also where a test has put others in the place of these: they would be gone with that test, and
 * every time-out after it would wait for a timer that never rings.
 */
class Alarm {
  /** A heap: each is due no later than the two at twice its place and one or two more. */
  readonly #waiting: Due[] = []
  #rings = Infinity
  #timer: NodeJS.Timeout | undefined

  /** Whether time is the system's; else what is to happen is for the timers that a test has put in its place. */
  get isOnTime(): boolean {
    return setTimeout === setSystemTimer
  }

  add(due: Due): void {
    this.#rise(due, this.#waiting.length)
    if (due.at < this.#rings) this.#set(due.at)
  }

  delete(due: Due): void {
    if (this.#waiting[due.place] !== due) return
    const last = this.#waiting.pop()
    if (last !== undefined && last !== due) this.#rise(last, this.#gap(due.place))
  }

  /** Moves up into a place whatever is due next below it, and so on; returns the place that is free in the end. */
  #gap(from: number): number {
    let place = from
    for (;;) {
      const [left, right] = [this.#waiting[place * 2 + 1], this.#waiting[place * 2 + 2]]
      if (left === undefined) return place
      const next = right !== undefined && right.at < left.at ? right : left
      const free = next.place
      this.#put(next, place)
      place = free
    }
  }

  /** Puts one into a free place, or above it where it is due before those that stand there. */
  #rise(due: Due, from: number): void {
    let place = from
    while (place > 0) {
      const above = this.#waiting[(place - 1) >> 1]
      if (above === undefined || above.at <= due.at) break
      const free = above.place
      this.#put(above, place)
      place = free
    }
    this.#put(due, place)
  }

  #put(due: Due, place: number): void {
    this.#waiting[place] = due
    due.place = place
  }

  #set(at: number): void {
    clearSystemTimer(this.#timer)
    this.#rings = at
    // Rounded up: timers count whole ms, and one that rang too soon would have to be set once more.
    this.#timer = setSystemTimer(() => this.#ring(), Math.ceil(at - performance.now())).unref()
  }

  #ring(): void {
    this.#rings = Infinity
    const now = performance.now()
    try {
      // One that expires may add others, and take others back.
      for (let [first] = this.#waiting; first !== undefined && first.at <= now; [first] = this.#waiting) {
        this.delete(first)
        first.expire()
      }
    } finally {
      const [next] = this.#waiting
      if (next !== undefined && next.at < this.#rings) this.#set(next.at)
    }
  }
}

export const alarm: Alarm = new Alarm()
