import { columnsOf, painter, size } from './style.ts'
import type { Out } from './style.ts'
import { cut } from './table.ts'

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar of so many cells, drawn to an eighth of a cell. */
export function bar(fraction: number, width: number): string {
  const filled = Math.round(Math.min(Math.max(fraction, 0), 1) * width * 8)
  const part = eighths[filled % 8] ?? ''
  return `${'█'.repeat(Math.floor(filled / 8))}${part}`.padEnd(width)
}

/** One line that says how far the sending is, drawn anew ten times a second; nothing where there is no terminal. */
export class Progress {
  readonly #stream: Out
  readonly #name: string
  readonly #total: number
  readonly #done: () => number
  readonly #start: number = performance.now()
  readonly #timer: NodeJS.Timeout | undefined

  constructor(stream: Out, name: string, total: number, done: () => number) {
    this.#stream = stream
    this.#name = name
    this.#total = total
    this.#done = done
    if (stream.isTTY) this.#timer = setInterval(() => this.#draw(), 100)
  }

  #draw(): void {
    const done = Math.min(this.#done(), this.#total)
    const seconds = (performance.now() - this.#start) / 1000
    const speed = done / Math.max(seconds, 0.001)
    const fraction = this.#total === 0 ? 1 : done / this.#total
    const left = speed > 0 ? `${Math.ceil((this.#total - done) / speed)} s left` : ''
    const head = `${cut(this.#name, 24)}  `
    const tail = `  ${Math.floor(fraction * 100)} %  ${size(done)} of ${size(this.#total)}  ${size(Math.round(speed))}/s  ${left}`
    const room = Math.min(30, columnsOf(this.#stream) - head.length - tail.length - 1)
    const paint = painter(this.#stream)
    const drawn = room < 4 ? '' : paint('cyan', bar(fraction, room))
    this.#stream.write(`\r${head}${drawn}${cut(tail, columnsOf(this.#stream) - head.length - 1)}\x1b[K`)
  }

  /** Wipes the line away. */
  end(): void {
    clearInterval(this.#timer)
    if (this.#timer !== undefined) this.#stream.write('\r\x1b[K')
  }
}
