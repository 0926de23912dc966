/** Far enough away never to come. */
const longest = 2 ** 31 - 1

/** Keeps the process alive for an open port, whatever that waits for, until it is told not to. */
export class KeepAlive {
  readonly #timer: NodeJS.Timeout = setInterval(() => {}, longest)

  ref(): void {
    this.#timer.ref()
  }

  unref(): void {
    this.#timer.unref()
  }

  end(): void {
    clearInterval(this.#timer)
  }
}
