import assert from 'node:assert/strict'
import { Random } from './random.ts'

const blockSize = 64 * 1024

/**
 * An endless pseudo-random stream. Sender and receiver each make their own from the same seed; as no stretch of it
 * repeats, a byte that is lost, doubled or out of place is found at once.
 */
export class ByteStream {
  readonly #random: Random
  readonly #words: Uint32Array = new Uint32Array(blockSize / 4)
  readonly #block: Buffer = Buffer.from(this.#words.buffer)
  #at = blockSize
  #position = 0

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  /** How many bytes were taken. */
  get position(): number {
    return this.#position
  }

  /** The next bytes. */
  take(count: number): Buffer {
    const bytes = Buffer.allocUnsafe(count)
    for (let done = 0; done < count;) {
      if (this.#at === blockSize) this.#refill()
      const copied = this.#block.copy(bytes, done, this.#at, this.#at + count - done)
      done += copied
      this.#at += copied
    }
    this.#position += count
    return bytes
  }

  /** Asserts that these are the next bytes. */
  expect(received: Uint8Array, what: string): void {
    const from = this.#position
    const expected = this.take(received.byteLength)
    if (expected.equals(received)) return
    const wrong = expected.findIndex((byte, index) => byte !== received[index])
    const shown = Buffer.from(received.subarray(wrong, wrong + 16)).toString('hex')
    const wanted = expected.subarray(wrong, wrong + 16).toString('hex')
    assert.fail(`${what}: byte ${from + wrong} is wrong: ${shown} in place of ${wanted}`)
  }

  #refill(): void {
    for (let index = 0; index < this.#words.length; index++) this.#words[index] = this.#random.next()
    this.#at = 0
  }
}
