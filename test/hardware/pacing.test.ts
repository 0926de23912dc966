// What has to do with time on the wire: drain, and flow control.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSync } from '../../src/index.ts'
import type { FlowControl, SerialPort } from '../../src/index.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { gaveUp } from '../support/traffic.ts'
import { eventually } from '../support/wait.ts'
import { cable, idleSince, needs, withEnds, withEndsSync } from './null-modem.ts'

/** How long after the last stop bit a drain ended, in ms, by the clock that the UART goes by; negative: too early. */
async function lateness(ended: bigint): Promise<number> {
  // Until what may still be in the UART has left.
  await sleep(40)
  return Number(ended - idleSince(cable.a)) / 1e6
}

/** The time of others on this machine is not counted: `npm run hardware -- --clock instructions …` */
const steady = process.env['BAUD_CLOCK'] === 'instructions'

const median = (values: readonly number[]) => values.toSorted((x, y) => x - y)[values.length >> 1] ?? NaN

/** Notes when the event loop's shortest timer, 1 ms, fires: a clock that stands still when the machine does. */
class Ticks {
  readonly #times: bigint[] = []
  readonly #timer = setInterval(() => this.#times.push(process.hrtime.bigint()), 1)

  between(from: bigint, to: bigint): number {
    return this.#times.filter((tick) => tick > from && tick < to).length
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

suite('drain at 9600 bit/s', { skip: needs('nm') }, () => {
  const characterTime = 10_000 / 9600
  const sizes = [1, 2, 3, 7, 15, 16, 17, 18, 40, 100, 300]

  test('ends with the last bit', async (t) => {
    await withEnds({}, async (a) => {
      const late: number[] = []
      const ticks: number[] = []
      for (const size of [1, ...sizes]) {
        using clock = new Ticks()
        await a.write(new Uint8Array(size))
        await a.drain()
        const ended = process.hrtime.bigint()
        assert.equal(a.bytesToWrite, 0)
        late.push(await lateness(ended))
        ticks.push(clock.between(idleSince(cable.a), ended))
      }
      const shown = `${late.map((ms) => ms.toFixed(2)).join(' ')} ms, ${ticks.join(' ')} ticks`
      t.diagnostic(shown)
      assert.ok(Math.min(...late) >= 0, `early: ${shown}`)
      // A character takes 1.04 ms. With others on the machine ms say little of us; ticks do.
      if (steady) assert.ok(median(late) <= characterTime, `late: ${shown}`)
      assert.ok(median(ticks) <= 2, `late: ${shown}`)
    })
  })

  test('so it does in a blocking port', async (t) => {
    using a = openSync(cable.a)
    const late: number[] = []
    for (const size of [...sizes, ...sizes]) {
      a.write(new Uint8Array(size))
      a.drain()
      late.push(await lateness(process.hrtime.bigint()))
    }
    const shown = `${late.map((ms) => ms.toFixed(2)).join(' ')} ms`
    t.diagnostic(shown)
    assert.ok(Math.min(...late) >= 0, `early: ${shown}`)
    assert.ok((steady ? median(late) : Math.min(...late)) <= characterTime, `late: ${shown}`)
  })

  test('a close without a drain lets all of it leave', async () => {
    await withEnds({}, async (a, b) => {
      await a.write('x'.repeat(200))
      await a.close()
      assert.equal((await b.readExactly(200, { timeout: 20_000 })).length, 200)
      using blocking = openSync(cable.a)
      blocking.write('y'.repeat(100))
      blocking.close()
      assert.equal((await b.readExactly(100, { timeout: 20_000 })).length, 100)
    })
  })

  test('a purge drops what has not left, but for what the UART has', async () => {
    await withEnds({}, async (a, b) => {
      await a.write(new Uint8Array(1000))
      await a.purge('output')
      await a.drain()
      await sleep(20)
      assert.ok(b.bytesToRead < 300, `${b.bytesToRead} bytes came`)
    })
  })
})

/** Bytes from a generator, without those that software flow control takes for itself. */
class Source {
  readonly #stream: ByteStream
  readonly #flow: FlowControl

  constructor(flow: FlowControl) {
    this.#stream = new ByteStream(42)
    this.#flow = flow
  }

  take(count: number): Uint8Array {
    const bytes = this.#stream.take(count)
    return this.#flow === 'software'
      ? bytes.map((byte) => (byte === 0x11 || byte === 0x13 ? 0 : byte))
      : bytes
  }
}

/** What stops the sender, where it can be seen. */
async function isHeld(flow: FlowControl, sender: SerialPort): Promise<boolean> {
  const { cts, dsr } = await sender.getSignals()
  if (flow === 'hardware') return !cts
  return flow === 'dsr-dtr' ? !dsr : true
}

/** How many bytes a write took, also when its time was up. */
function writtenBy(write: () => number): number {
  try {
    return write()
  } catch (error) {
    return gaveUp(error)
  }
}

suite('flow control', { skip: needs('nm') }, () => {
  const total = 30_000

  for (const flowControl of ['hardware', 'software', 'dsr-dtr'] as const) {
    const options = { baudRate: 460_800, flowControl, receiveBufferSize: 4096 }

    test(`${flowControl}: the sender stops, and goes on without loss`, async () => {
      await withEnds(options, async (a, b) => {
        const data = new Source(flowControl).take(total)
        const expected = new Source(flowControl)
        let written = false
        const begun = process.hrtime.bigint()
        const writing = a.write(data).then(() => (written = true))
        // Should this test fail, it is not for that.
        writing.catch(() => {})
        // Nobody reads: everything fills up, and the wire falls silent.
        await eventually('the sender is held, and the wire is silent', async () => {
          // Since before, as long as the wire has not been looked at.
          const since = idleSince(cable.a)
          const isSilent = since > begun && process.hrtime.bigint() - since > 100_000_000n
          return isSilent && (await isHeld(flowControl, a))
        })
        assert.equal(written, false)
        for (let left = total; left > 0;) {
          const chunk = await b.read(Math.min(left, 7000), { timeout: 10_000 })
          assert.ok(chunk.length > 0, `${left} bytes did not come`)
          assert.deepEqual(Uint8Array.from(chunk), Uint8Array.from(expected.take(chunk.length)))
          left -= chunk.length
          // Slow enough for the sender to be stopped again and again.
          await sleep(10)
        }
        await writing
        assert.equal((await b.read({ timeout: 50 })).length, 0)
      })
    })

    test(`${flowControl}: the same for blocking ports`, () => {
      withEndsSync(options, (a, b) => {
        const data = new Source(flowControl).take(20_000)
        const got: Buffer[] = []
        let count = 0
        const take = (timeout: number) => {
          const chunk = b.read(Math.min(4000, data.length - count), { timeout })
          count += chunk.length
          got.push(chunk)
          return chunk.length
        }
        // More than fits: what could not be sent in time is tried again.
        for (let sent = 0; sent < data.length;) {
          sent += writtenBy(() => a.write(data.subarray(sent), { timeout: 10 }))
          take(0)
        }
        while (count < data.length) assert.ok(take(5000) > 0, `${data.length - count} bytes did not come`)
        assert.deepEqual(Uint8Array.from(Buffer.concat(got)), Uint8Array.from(data))
        assert.equal(b.read({ timeout: 50 }).length, 0)
      })
    })
  }

  test('hardware: nothing leaves while CTS is off, and a write can time out', async () => {
    await withEnds({ baudRate: 115_200 }, async (a, b) => {
      await b.setSignals({ rts: false })
      await a.reconfigure({ flowControl: 'hardware' })
      const error: unknown = await a.write(new Uint8Array(100_000), { timeout: 300 }).catch((e: unknown) => e)
      const { code, bytesTransferred } = error as { code: string; bytesTransferred: number }
      assert.equal(code, 'TIMEOUT')
      assert.equal(b.bytesToRead, 0)
      await assert.rejects(a.drain({ timeout: 50 }), { code: 'TIMEOUT' })
      await b.setSignals({ rts: true })
      assert.equal((await b.readExactly(bytesTransferred, { timeout: 10_000 })).length, bytesTransferred)
      assert.equal((await b.read({ timeout: 50 })).length, 0)
    })
  })

  test('hardware: closing with bytes that are stuck ends soon', async () => {
    await withEnds({ baudRate: 115_200 }, async (a, b) => {
      await b.setSignals({ rts: false })
      await a.reconfigure({ flowControl: 'hardware' })
      await a.write(new Uint8Array(1000))
      const began = performance.now()
      await a.close()
      assert.ok(performance.now() - began < 5000)
    })
  })
})
