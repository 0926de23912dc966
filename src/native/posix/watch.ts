/** Something looked at every so often, from the event loop, while it is switched on. */
export class Watch {
  readonly #every: number
  readonly #look: () => void
  #timer: NodeJS.Timeout | undefined

  /** @param every - ms */
  constructor(every: number, look: () => void) {
    this.#every = every
    this.#look = look
  }

  start(referenced: boolean): void {
    this.#timer ??= setInterval(this.#look, this.#every)
    this.ref(referenced)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Whether it keeps the process alive. */
  ref(on: boolean): void {
    if (on) this.#timer?.ref()
    else this.#timer?.unref()
  }
}
