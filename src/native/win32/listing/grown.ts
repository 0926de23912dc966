/** How a call that fills a buffer went: with how many bytes, or that there were too few, or not at all. */
type Filled = { readonly length: number } | { readonly needs: number } | undefined

/** No name or property is as long: whoever asks for more again and again does not mean it. */
const largest = 2 ** 20

/**
 * What a call puts into a buffer. It gets a larger one when it says so: the answer may grow between two calls, too.
 * Undefined when there is no answer.
 */
export function grown(fill: (buffer: Uint8Array) => Filled, first: number = 512): Uint8Array | undefined {
  let buffer = new Uint8Array(first)
  for (;;) {
    const filled = fill(buffer)
    if (filled === undefined) return undefined
    if ('length' in filled) return buffer.subarray(0, filled.length)
    if (buffer.byteLength >= largest) return undefined
    buffer = new Uint8Array(Math.max(filled.needs, buffer.byteLength * 2))
  }
}

/** A DWORD for a call to write to. */
export class Dword {
  readonly #words: Uint32Array = new Uint32Array(1)
  readonly bytes: Uint8Array = new Uint8Array(this.#words.buffer)

  constructor(value: number = 0) {
    this.value = value
  }

  get value(): number {
    return this.#words[0] ?? 0
  }

  set value(value: number) {
    this.#words[0] = value
  }
}
