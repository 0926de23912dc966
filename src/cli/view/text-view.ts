import { StringDecoder } from 'node:string_decoder'
import type { Paint } from '../style.ts'
import { visible } from '../visible.ts'
import { stampOf } from './clock.ts'
import type { Direction, ViewOptions } from './options.ts'

/** Bytes as text. */
export class TextView {
  readonly #options: Readonly<ViewOptions>
  readonly #paint: Paint
  readonly #decoders: Readonly<Record<Direction, StringDecoder>>
  #atLineStart = true

  constructor(options: Readonly<ViewOptions>, paint: Paint) {
    this.#options = options
    this.#paint = paint
    const { encoding } = options
    this.#decoders = { in: new StringDecoder(encoding), out: new StringDecoder(encoding) }
  }

  /** A character that came in part is shown when its rest has come. */
  show(bytes: Uint8Array, direction: Direction, now: Date): string {
    const text = this.#safe(this.#decoders[direction].write(Buffer.from(bytes)))
    const stamped = this.#options.timestamps ? this.#stampLines(text, now) : text
    return direction === 'out' ? this.#paint('cyan', stamped) : stamped
  }

  /** What is left of a character that never became whole. */
  finish(): string {
    return this.#safe(this.#decoders.in.end())
  }

  interrupt(): void {
    this.#atLineStart = true
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
