import { columnsOf, painter } from '../style.ts'
import type { Out } from '../style.ts'
import { HexView } from './hex-view.ts'
import type { Direction, ViewOptions } from './options.ts'
import { TextView } from './text-view.ts'

/** Turns bytes into what a person sees; it writes nothing itself. */
export class View {
  readonly #options: Readonly<ViewOptions>
  readonly #text: TextView
  readonly #hex: HexView

  constructor(options: Readonly<ViewOptions>, stream: Out) {
    const paint = painter(stream)
    this.#options = options
    this.#text = new TextView(options, paint)
    this.#hex = new HexView(options, paint, stream.isTTY ? () => columnsOf(stream) : undefined)
  }

  /** Some bytes wait for others before they are shown; `finish()` shows them as they are. */
  get pending(): boolean {
    return this.#hex.pending
  }

  show(bytes: Uint8Array, direction: Direction = 'in', now: Date = new Date()): string {
    return this.#options.hex ? this.#hex.show(bytes, direction, now) : this.#text.show(bytes, direction, now)
  }

  finish(): string {
    return this.#hex.finish() + this.#text.finish()
  }

  /** Tells that something else was written, on lines of its own. */
  interrupt(): void {
    this.#hex.interrupt()
    this.#text.interrupt()
  }
}
