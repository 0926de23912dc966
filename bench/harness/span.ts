import { Meter, resident } from './meter.ts'
import type { Cost } from './meter.ts'

/** What many ports cost between the two bytes with which the far end marks the time that counts; a third says that it is done. */
export class Span {
  readonly #before: number = resident()
  #ports = 0
  #meter: Meter | undefined
  #cost: Cost | undefined

  /** All ports are open. */
  opened(): void {
    this.#ports = resident() - this.#before
  }

  /** Takes a mark; true when it was the last. */
  mark(byte: number): boolean {
    const mark = String.fromCharCode(byte)
    if (mark === 'b') this.#meter = new Meter()
    else if (mark === 'e') this.#cost = this.#meter?.stop()
    return mark === 'q'
  }

  /** With the memory, in MB, that all ports took when they were open. */
  get result(): Cost & { readonly opened: number } {
    if (this.#cost === undefined) throw new Error('the end was not marked')
    return { ...this.#cost, opened: this.#ports }
  }
}
