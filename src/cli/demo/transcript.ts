import { columnsOf, painter, print } from '../style.ts'
import type { Out, Paint } from '../style.ts'

/** One thing that happened; JSON output has them as they are. */
export interface Exchange {
  /** Seconds since the start. */
  readonly at: number
  readonly kind: 'sent' | 'received' | 'timeout'
  readonly text: string
}

const arrows = { sent: ['cyan', '→'], received: ['green', '←'], timeout: ['yellow', '×'] } as const

/** Tells what happens, as it happens. */
export class Transcript {
  readonly exchanges: Exchange[] = []
  readonly #stream: Out | undefined
  readonly #paint: Paint
  readonly #start: number = performance.now()

  /** Without a stream it only takes notes. */
  constructor(stream: Out | undefined) {
    this.#stream = stream
    this.#paint = painter(stream ?? process.stdout)
  }

  /** Seconds since the start. */
  get elapsed(): number {
    return (performance.now() - this.#start) / 1000
  }

  async add(kind: Exchange['kind'], text: string, note: string = ''): Promise<void> {
    const at = Number(this.elapsed.toFixed(3))
    this.exchanges.push({ at, kind, text })
    const [colour, arrow] = arrows[kind]
    const time = this.#paint('dim', `${at.toFixed(3).padStart(8)} s`)
    await this.say(`${time}  ${this.#paint(colour, arrow)}  ${text}${this.#remark(text, note)}`)
  }

  /** A remark beside the text, where the line is wide enough for both. */
  #remark(text: string, note: string): string {
    const gap = ' '.repeat(Math.max(2, 26 - text.length))
    const room = this.isLive ? columnsOf(process.stdout) - 16 - text.length - gap.length : Infinity
    return note === '' || note.length > room ? '' : gap + this.#paint('dim', note)
  }

  async say(...lines: string[]): Promise<void> {
    if (this.#stream !== undefined) await print(this.#stream, `${lines.join('\n')}\n`)
  }

  async dim(...lines: string[]): Promise<void> {
    await this.say(...lines.map((line) => (line === '' ? '' : this.#paint('dim', line))))
  }

  /** A line that is drawn over itself; true where there is a terminal to do so. */
  get isLive(): boolean {
    return this.#stream?.isTTY === true
  }

  async redraw(left: string, chart: (room: number) => string, right: string): Promise<void> {
    if (this.#stream === undefined) return
    const room = columnsOf(this.#stream) - left.length - right.length - 1
    const line = `${this.#paint('bold', left)}${this.#paint('green', chart(Math.max(room, 0)))}${this.#paint('dim', right)}`
    await print(this.#stream, `\r${line}\x1b[K`)
  }
}
