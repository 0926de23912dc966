import { setTimeout as sleep } from 'node:timers/promises'
import { ComSide } from './com-side.ts'
import { onWindows } from './platform.ts'
import { PtySide } from './pty-side.ts'

/** So many bytes never fit on the way to a side that takes nothing: a cable of the lab's has memory of its own. */
export const moreThanFits: number = onWindows ? 600_000 : 100_000

/** A port whose other side the test holds: nothing reads it until the test does. A pseudo-terminal, or a COM port. */
export class Pseudo {
  readonly #side: PtySide | ComSide = onWindows ? new ComSide() : new PtySide()
  #plugged = true

  /** What the port under test opens. */
  get path(): string {
    return this.#side.path
  }

  /** What has come out on this side and was not taken yet; empty when that is nothing. */
  take(most = 64 * 1024): Buffer {
    return this.#side.take(most)
  }

  /** Takes until so many bytes have come, which are awaited for some seconds, and nothing more for so many ms. */
  async takeAll(least = 0, quiet = 100): Promise<Buffer> {
    const chunks: Buffer[] = []
    let count = 0
    for (let last = performance.now(); performance.now() - last < (count < least ? 5000 : quiet);) {
      const chunk = this.take()
      if (chunk.byteLength > 0) {
        chunks.push(chunk)
        count += chunk.byteLength
        last = performance.now()
      }
      await sleep(1)
    }
    return Buffer.concat(chunks)
  }

  /** Sends to the port under test; returns how much there was room for. */
  send(data: string | Uint8Array): number {
    return this.#side.send(Buffer.from(data as string))
  }

  /** Takes this side away, as if the adapter was pulled out. */
  unplug(): void {
    if (!this.#plugged) return
    this.#plugged = false
    this.#side.unplug()
  }

  [Symbol.dispose](): void {
    this.unplug()
  }
}
