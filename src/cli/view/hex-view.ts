import type { Paint } from '../style.ts'
import { stampOf } from './clock.ts'
import type { Direction, ViewOptions } from './options.ts'

/** After so much silence (ms) a new row begins, so that one sees what came together. */
export const burstGap = 100

/** `00000010  48 65 6c 6c 6f 0a        |Hello.  |` */
export function hexRow(offset: number, bytes: readonly number[], width: number): string {
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  const text = bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
  return `${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(width * 3 - 1)}  |${text.padEnd(width)}|`
}

/** Bytes as rows of hex, with their place in the stream of their direction. */
export class HexView {
  readonly #options: Readonly<ViewOptions>
  readonly #paint: Paint
  /** The columns of the terminal on which a row is drawn anew as it grows; without it, rows are written when complete. */
  readonly #columns: (() => number) | undefined
  readonly #offsets = { in: 0, out: 0 }
  #row: number[] = []
  #width = 16
  #stamp = ''
  #direction: Direction = 'in'
  #latest = 0

  constructor(options: Readonly<ViewOptions>, paint: Paint, columns: (() => number) | undefined) {
    this.#options = options
    this.#paint = paint
    this.#columns = columns
  }

  /** Bytes are in a row that is not complete. */
  get pending(): boolean {
    return this.#row.length > 0
  }

  show(bytes: Uint8Array, direction: Direction, now: Date): string {
    const sameBurst = direction === this.#direction && now.getTime() - this.#latest < burstGap
    const parts = sameBurst ? [] : [this.finish()]
    this.#direction = direction
    this.#latest = now.getTime()
    for (let start = 0; start < bytes.length;) {
      if (!this.pending) this.#begin(now)
      const piece = bytes.subarray(start, start + this.#width - this.#row.length)
      this.#row.push(...piece)
      start += piece.length
      if (this.#columns !== undefined) parts.push(`\r${this.#draw()}\x1b[K`)
      if (this.#row.length === this.#width) parts.push(this.finish())
    }
    return parts.join('')
  }

  /** Ends the row under way. */
  finish(): string {
    if (!this.pending) return ''
    const drawn = this.#columns === undefined ? this.#draw() : ''
    this.interrupt()
    return `${drawn}\n`
  }

  /** Something else was written on lines of its own: the row under way stays as it is drawn. */
  interrupt(): void {
    this.#offsets[this.#direction] += this.#row.length
    this.#row = []
  }

  #begin(now: Date): void {
    this.#stamp = this.#options.timestamps ? stampOf(now) : ''
    // A row that is to be drawn over itself must fit into a line.
    const needed = this.#stamp.length + hexRow(0, [], 16).length + 2
    this.#width = needed < (this.#columns?.() ?? Infinity) ? 16 : 8
  }

  #draw(): string {
    const row = hexRow(this.#offsets[this.#direction], this.#row, this.#width)
    return (
      this.#paint('dim', this.#stamp) + (this.#direction === 'in' ? row : this.#paint('cyan', `${row} >`))
    )
  }
}
