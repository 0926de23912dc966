import { chmodSync, closeSync, readSync, writeSync } from 'node:fs'
import { createPty } from '../../src/native/linux/pty.ts'

const piece = Buffer.alloc(64 * 1024)

/** The master of a pseudo-terminal whose slave is the port under test. */
export class PtySide {
  readonly path: string
  readonly #master: number
  readonly #slave: number

  constructor() {
    const { master, path, slave } = createPty()
    this.path = path
    this.#master = master
    this.#slave = slave
    // For tests that give root up.
    chmodSync(path, 0o666)
  }

  take(most: number): Buffer {
    try {
      const count = readSync(this.#master, piece, 0, Math.min(most, piece.byteLength), null)
      return Buffer.from(piece.subarray(0, count))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      return Buffer.alloc(0)
    }
  }

  send(data: Buffer): number {
    return writeSync(this.#master, data)
  }

  unplug(): void {
    closeSync(this.#master)
    closeSync(this.#slave)
  }
}
