/** How long each step of a start took, in ms. */
export class Laps {
  readonly times: Record<string, number> = {}
  /** The first byte. */
  readonly byte = '!'
  #began: number = performance.now()

  opened(): void {
    this.#end('open')
  }

  /** Takes what has come back. */
  exchanged(bytes: Uint8Array): void {
    this.#end('exchange')
    const answer = Buffer.from(bytes).toString('latin1')
    if (answer !== this.byte) throw new Error(`the answer to ${this.byte} was ${answer}`)
  }

  closed(): void {
    this.#end('close')
  }

  /** The step of this name ends here, and the next one begins. */
  #end(step: string): void {
    const now = performance.now()
    this.times[step] = now - this.#began
    this.#began = performance.now()
  }
}
