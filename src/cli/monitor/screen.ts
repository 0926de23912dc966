import { columnsOf, painter, print } from '../style.ts'
import type { Out, Paint } from '../style.ts'
import { cut } from '../table.ts'

/** So much text is kept while the screen is held; then whoever brings more waits. */
const mostHeld = 16 * 1024 * 1024

/** The screen of the monitor: what the device says, and between it, on lines of their own, notices. */
export class Screen {
  readonly #out: Out
  /** Notices never get into a file or pipe with the device's bytes. */
  readonly #notes: Out
  readonly #paint: Paint
  #atLineStart = true
  #hinting = false
  #held: (string | Uint8Array)[] | undefined
  #heldSize = 0
  #released: Promise<void> = Promise.resolve()
  #release: () => void = () => {}

  constructor() {
    this.#out = process.stdout
    this.#notes = process.stdout.isTTY ? process.stdout : process.stderr
    this.#paint = painter(this.#notes)
  }

  get out(): Out {
    return this.#out
  }

  get notes(): Out {
    return this.#notes
  }

  /** Shows what the device said; resolves when there is room for more. */
  async show(data: string | Uint8Array): Promise<void> {
    if (this.#held === undefined) return this.#write(data)
    this.#held.push(data)
    this.#heldSize += data.length
    if (this.#heldSize > mostHeld) await this.#released
  }

  async #write(data: string | Uint8Array): Promise<void> {
    if (data.length === 0) return
    const last = data.at(-1)
    if (this.#out === this.#notes) this.#atLineStart = last === '\n' || last === 0x0a
    await print(this.#out, data)
  }

  /** Keeps what the device says until `release()`, so that it does not run into a question. */
  hold(): void {
    this.#held ??= []
    this.#released = new Promise((resolve) => {
      this.#release = resolve
    })
  }

  release(): void {
    this.erase()
    const held = this.#held ?? []
    this.#held = undefined
    this.#heldSize = 0
    for (const data of held) void this.#write(data)
    this.#release()
  }

  /** A notice, on lines of its own. */
  say(...lines: string[]): void {
    this.#startLine()
    for (const line of lines) this.#notes.write(`${this.#paint('dim', `--- ${line}`)}\n`)
  }

  /** A line that stays until `erase()`, or until something else is shown. */
  hint(text: string): void {
    this.#startLine()
    this.#hinting = true
    this.#notes.write(this.#paint('dim', cut(`--- ${text}`, columnsOf(this.#notes) - 1)))
  }

  erase(): void {
    if (this.#hinting) this.#notes.write('\r\x1b[K')
    this.#hinting = false
  }

  clear(): void {
    this.#notes.write('\x1b[2J\x1b[H')
    this.#atLineStart = true
  }

  #startLine(): void {
    this.erase()
    if (!this.#atLineStart) this.#notes.write('\n')
    this.#atLineStart = true
  }
}
