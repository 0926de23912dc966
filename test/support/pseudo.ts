import { chmodSync, closeSync, readSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPty } from '../../src/native/linux/pty.ts'

const piece = Buffer.alloc(64 * 1024)

/** A pseudo-terminal whose other side the test holds: nothing reads it until the test does. */
export class Pseudo {
  /** What the port under test opens. */
  readonly path: string
  readonly #master: number
  /** A descriptor of the port's own side, which stays usable after {@link Pseudo.unplug}. */
  readonly slave: number
  #plugged = true

  constructor() {
    const { master, path, slave } = createPty()
    this.path = path
    this.slave = slave
    this.#master = master
    // For tests that give root up.
    chmodSync(path, 0o666)
  }

  /** What has come out on this side and was not taken yet; empty when that is nothing. */
  take(most = piece.byteLength): Buffer {
    try {
      const count = readSync(this.#master, piece, 0, Math.min(most, piece.byteLength), null)
      return Buffer.from(piece.subarray(0, count))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      return Buffer.alloc(0)
    }
  }

  /** Takes until nothing has come for so many ms. */
  async takeAll(quiet = 100): Promise<Buffer> {
    const chunks: Buffer[] = []
    for (let last = performance.now(); performance.now() - last < quiet;) {
      const chunk = this.take()
      if (chunk.byteLength > 0) {
        chunks.push(chunk)
        last = performance.now()
      }
      await sleep(1)
    }
    return Buffer.concat(chunks)
  }

  /** Sends to the port under test; returns how much there was room for. */
  send(data: string | Uint8Array): number {
    return writeSync(this.#master, Buffer.from(data as string))
  }

  /** Takes this side away, as if the adapter was pulled out. */
  unplug(): void {
    if (!this.#plugged) return
    this.#plugged = false
    closeSync(this.#master)
  }

  [Symbol.dispose](): void {
    this.unplug()
    closeSync(this.slave)
  }
}
