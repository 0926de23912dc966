/** What a {@link MarkDecoder} found, in the order of the stream. */
interface MarkSink {
  data(bytes: Uint8Array): void
  /** A byte received with a parity or framing error; 0 may also be a break. */
  bad(byte: number): void
}

const mark = 0xff
const markByte = Uint8Array.of(mark)

/**
 * Undoes what PARMRK does to the input: FF FF is the byte FF, and FF 00 x the byte x received with an error. A
 * sequence may be cut by the end of a chunk anywhere. Source: termios(3), PARMRK.
 */
export class MarkDecoder {
  readonly #sink: MarkSink
  #state: 'plain' | 'mark' | 'mark 0' = 'plain'

  constructor(sink: MarkSink) {
    this.#sink = sink
  }

  /** What was begun will not go on. */
  reset(): void {
    this.#state = 'plain'
  }

  decode(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.byteLength) {
      if (this.#state === 'plain') at = this.#plain(chunk, at)
      else this.#escaped(chunk[at++] ?? 0)
    }
  }

  #plain(chunk: Uint8Array, from: number): number {
    const found = chunk.indexOf(mark, from)
    const end = found < 0 ? chunk.byteLength : found
    if (end > from) this.#sink.data(chunk.subarray(from, end))
    if (found < 0) return end
    this.#state = 'mark'
    return end + 1
  }

  #escaped(byte: number): void {
    if (this.#state === 'mark 0') {
      this.#state = 'plain'
      this.#sink.bad(byte)
    } else if (byte === 0) {
      this.#state = 'mark 0'
    } else {
      this.#state = 'plain'
      // Anything but FF can't follow; pass it on as it is rather than lose it.
      this.#sink.data(byte === mark ? markByte : Uint8Array.of(mark, byte))
    }
  }
}
