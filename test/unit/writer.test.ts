// What is done with a write that libuv has a part of, where a terminal would have to be quick to show it.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Writer } from '../../src/native/posix/writer.ts'
import type { Waiter } from '../../src/native/posix/writer.ts'

/** A stream that has one piece on its way and keeps the others, as Node's do. */
class FakeWaiter implements Waiter {
  readonly pieces: Uint8Array[] = []
  /** How much libuv holds. */
  held = 0
  isDestroyed = false

  get _handle(): { readonly writeQueueSize: number } {
    return { writeQueueSize: this.held }
  }

  get writableLength(): number {
    return this.pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  write(data: Uint8Array): boolean {
    if (this.pieces.push(data) === 1) this.held = data.byteLength
    return false
  }

  destroy(): void {
    this.isDestroyed = true
  }
}

it('what Node has not given to libuv is taken back, while libuv is yet to tell of what it has written', async () => {
  const waiter = new FakeWaiter()
  const writer = new Writer({ expect() {}, write: () => 0 }, 'fake', waiter)
  const first = writer.write(Buffer.from('first'))
  waiter.held = 0
  writer.cancel()
  assert.equal(await first, 5)
  assert.equal(waiter.isDestroyed, false)
  const second = writer.write(Buffer.from('second'))
  writer.cancel()
  assert.equal(await second, 0)
  assert.equal(waiter.isDestroyed, true)
})
