/** How often it is looked during the time that something may stand still. */
const looks = 10

/** Notices that something stands still. */
export class Stall {
  readonly #limit: () => number
  readonly #look: () => string | undefined
  readonly #stuck: () => void
  #timer: NodeJS.Timeout | undefined

  /**
   * @param limit - ms that it may stand still; it is asked again at each look
   * @param look - how it stands, in any words; undefined ends the watch
   * @param stuck - called when it has stood still for so long, and again after as long
   */
  constructor(limit: () => number, look: () => string | undefined, stuck: () => void) {
    this.#limit = limit
    this.#look = look
    this.#stuck = stuck
  }

  /** Begins to watch, or goes on. */
  watch(): void {
    if (this.#timer !== undefined) return
    let before = this.#look()
    let quiet = 0
    const every = this.#limit() / looks
    const tick = () => {
      const now = this.#look()
      if (now === undefined) return this.end()
      quiet = now === before ? quiet + 1 : 0
      before = now
      if (quiet * every < this.#limit()) return
      quiet = 0
      this.#stuck()
    }
    this.#timer = setInterval(tick, every).unref()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
