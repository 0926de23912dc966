import type { ReadStream } from 'node:tty'

/** One key: a character, or the sequence that a terminal sends for a key that is none, such as an arrow. */
// oxlint-disable-next-line no-control-regex -- ESC begins such a sequence
const oneKey = /^(?:\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)|[^])/u

/** What is typed on a terminal in raw mode: every key comes at once, and as it is, also Ctrl-C. */
export class Keyboard {
  readonly #stream: ReadStream
  #typed: Buffer = Buffer.alloc(0)
  #ended = false
  #wake: () => void = () => {}

  constructor(stream: ReadStream) {
    this.#stream = stream
    stream.setRawMode(true)
    stream.on('data', this.#take)
    // The terminal is gone; a failure says no more than an end.
    stream.on('end', () => this.end())
    stream.on('error', () => this.end())
  }

  /** All that was typed and not read; undefined when no more will come. */
  async read(signal?: AbortSignal): Promise<Buffer | undefined> {
    while (this.#typed.length === 0) {
      if (this.#ended || signal?.aborted === true) return undefined
      const wake = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      signal?.addEventListener('abort', this.#wake, { once: true })
      await wake
      signal?.removeEventListener('abort', this.#wake)
    }
    const typed = this.#typed
    this.#typed = Buffer.alloc(0)
    return typed
  }

  /** One key; undefined when no more will come, or the signal aborted. */
  async key(signal?: AbortSignal): Promise<string | undefined> {
    const typed = await this.read(signal)
    if (typed === undefined) return undefined
    const [key = ''] = oneKey.exec(typed.toString()) ?? []
    this.unread(typed.subarray(Buffer.byteLength(key)))
    return key
  }

  /** Gives back what was read too far. */
  unread(bytes: Buffer): void {
    this.#typed = Buffer.concat([bytes, this.#typed])
  }

  /** Ends all reading. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** Gives the terminal back as it was before. */
  [Symbol.dispose](): void {
    this.end()
    this.#stream.off('data', this.#take)
    this.#stream.pause()
    if (!this.#stream.destroyed) this.#stream.setRawMode(false)
  }

  readonly #take = (bytes: Buffer): void => {
    this.#typed = Buffer.concat([this.#typed, bytes])
    this.#wake()
  }
}
