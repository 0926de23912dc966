import { StringDecoder } from 'node:string_decoder'
import type { Paint } from '../style.ts'
import { visible } from '../visible.ts'
import { stampOf } from './clock.ts'
import type { Direction, ViewOptions } from './options.ts'

/** Bytes as text. */
export class TextView {
  readonly #options: Readonly<ViewOptions>
  readonly #paint: Paint
  readonly #decoder: StringDecoder
  #atLineStart = true

  constructor(options: Readonly<ViewOptions>, paint: Paint) {
    this.#options = options
    this.#paint = paint
    this.#decoder = new StringDecoder(options.encoding)
  }

  show(bytes: Uint8Array, direction: Direction, now: Date): string {
    const text = this.#safe(this.#decode(Buffer.from(bytes), direction))
    const stamped = this.#options.timestamps ? this.#stampLines(text, now) : text
    return direction === 'out' ? this.#paint('cyan', stamped) : stamped
  }

  /** What is left of a character that never became whole. */
  finish(): string {
    return this.#safe(this.#decoder.end())
  }

  interrupt(): void {
    this.#atLineStart = true
  }

  /** A character that came in part is shown when its rest has come; what is typed is whole. */
  #decode(bytes: Buffer, direction: Direction): string {
    return direction === 'in' ? this.#decoder.write(bytes) : bytes.toString(this.#options.encoding)
  }

  #safe(text: string): string {
    return this.#options.raw ? text : visible(text)
  }

  #stampLines(text: string, now: Date): string {
    if (text === '') return ''
    const stamp = this.#paint('dim', stampOf(now))
    const first = this.#atLineStart && !/^[\r\n]/.test(text) ? stamp : ''
    this.#atLineStart = /[\r\n]$/.test(text)
    return first + text.replaceAll(/[\r\n](?=[^\r\n])/g, (end) => end + stamp)
  }
}
