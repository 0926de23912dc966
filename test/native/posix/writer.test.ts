// What a write that is cut off says went, whether Node tells how much libuv holds or not.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Writer } from '../../../src/native/posix/writer.ts'
import { SerialError } from '../../../src/errors.ts'
import type { Waiter } from '../../../src/native/posix/writer.ts'

/** A device with so much room, and a stream over it; the test plays the event loop. */
class Rig {
  room: number
  readonly sent: number[] = []
  readonly #tells: boolean
  #queue: Uint8Array = new Uint8Array(0)
  #done: ((error?: Error | null) => void) | undefined
  destroyed = false
  readonly writer: Writer

  constructor(room: number, tells: boolean) {
    this.room = room
    this.#tells = tells
    this.writer = new Writer(
      { write: (data, start) => this.#take(data.subarray(start)), expect: () => {} },
      'tty',
      this.#waiter(),
    )
  }

  #take(data: Uint8Array): number {
    const count = Math.min(this.room, data.byteLength)
    this.sent.push(...data.subarray(0, count))
    this.room -= count
    return count
  }

  #waiter(): Waiter {
    const rig = this
    return {
      get writableLength() {
        return rig.#queue.byteLength === 0 ? 0 : 1
      },
      get _handle() {
        return rig.#tells ? { writeQueueSize: rig.#queue.byteLength } : {}
      },
      write(data, done) {
        rig.#queue = data
        rig.#done = done
        return false
      },
      destroy() {
        rig.destroyed = true
      },
    }
  }

  /** Room for more: libuv writes what it holds, and reports when all has gone. */
  turn(room: number, report = true): void {
    this.room += room
    this.#queue = this.#queue.subarray(this.#take(this.#queue))
    if (this.#queue.byteLength > 0 || !report) return
    const done = this.#done
    this.#done = undefined
    done?.()
  }

  fail(): void {
    const done = this.#done
    this.#done = undefined
    this.#queue = new Uint8Array(0)
    done?.(new Error('EIO'))
  }
}

const data = Uint8Array.from({ length: 200 }, (_, i) => i)

for (const tells of [true, false]) {
  suite(tells ? 'with what libuv holds' : 'a byte at a time', () => {
    test('everything goes, in order', async () => {
      const rig = new Rig(10, tells)
      const written = rig.writer.write(data)
      for (let turn = 0; turn < 100; turn++) rig.turn(7)
      assert.equal(await written, 200)
      assert.deepEqual(rig.sent, [...data])
    })

    test('cut off anywhere, what is counted is what went', async () => {
      for (let turns = 0; turns < 20; turns++) {
        const rig = new Rig(10, tells)
        const written = rig.writer.write(data)
        for (let turn = 0; turn < turns; turn++) rig.turn(3)
        rig.writer.cancel()
        assert.equal(await written, rig.sent.length)
        assert.equal(rig.destroyed, true)
      }
    })

    test('cut off when all has gone and nobody was told yet', async () => {
      const rig = new Rig(199, tells)
      const written = rig.writer.write(data)
      rig.turn(1, false)
      rig.writer.cancel()
      assert.deepEqual([await written, rig.sent.length], [200, 200])
    })

    test('of what failed nothing is said to have gone', async () => {
      const rig = new Rig(10, tells)
      const written = rig.writer.write(data)
      rig.turn(0)
      rig.fail()
      rig.writer.fail(new SerialError('DISCONNECTED', 'gone'))
      assert.equal(await written, 10)
    })

    test('memory that is transferred meanwhile is noticed, or was copied', async () => {
      const rig = new Rig(10, tells)
      const mine = data.slice()
      const written = Promise.resolve(rig.writer.write(mine)).catch((error: SerialError) => error.code)
      structuredClone(mine, { transfer: [mine.buffer] })
      for (let turn = 0; turn < 100; turn++) rig.turn(7)
      assert.equal(await written, tells ? 200 : 'INVALID_OPTION')
      assert.deepEqual(rig.sent, [...data.subarray(0, rig.sent.length)])
    })
  })
}
