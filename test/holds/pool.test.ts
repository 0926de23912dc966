import assert from 'node:assert/strict'
import { pbkdf2 } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { it } from 'node:test'
import { open } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import { createPair } from '../support/pair.ts'
import { onWindows } from '../support/platform.ts'

/** The lab has its share of the processors too, and with half as many they are still as long. */
const iterations = onWindows ? 1_000_000 : 2_000_000

/** Keeps libuv's pool busy with four calls of some 200 to 500 ms each until it is told to stop. */
function occupyPool(): () => Promise<void> {
  let busy = true
  const worker = async () => {
    while (busy) await new Promise((resolve) => pbkdf2('secret', 'salt', iterations, 32, 'sha256', resolve))
  }
  const workers = [worker(), worker(), worker(), worker()]
  return async () => {
    busy = false
    await Promise.all(workers)
  }
}

/** The median of so many runs, in ms. */
async function median(runs: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const begun = performance.now()
    await work()
    times.push(performance.now() - begun)
  }
  return times.toSorted((a, b) => a - b)[runs >> 1] ?? NaN
}

async function echo(port: SerialPort): Promise<void> {
  try {
    for (;;) await port.write(await port.read())
  } catch {
    // Closed: the test is over.
  }
}

it(
  'four pbkdf2 in flight and a pending timer change nothing for an open port',
  { timeout: 60_000 },
  async () => {
    await using pair = await createPair()
    await using port = await open(pair.a)
    await using device = await open(pair.b)
    void echo(device)
    const message = Buffer.from('sixteen bytes...')
    const roundTrip = async () => {
      await port.write(message)
      assert.deepEqual(await port.readExactly(message.byteLength, { timeout: 20_000 }), message)
    }
    await median(500, roundTrip)

    const unrelated = setTimeout(() => {}, 1_000_000)
    let told = ''
    try {
      // Noise only makes it slower, so one good measurement of three shows what is possible.
      for (let attempt = 0; attempt < 3; attempt++) {
        const idle = await median(50, roundTrip)
        const release = occupyPool()
        const loaded = await median(20, roundTrip)
        const pooled = await median(3, () => stat('/'))
        await release()
        told += `idle ${idle.toFixed(3)} ms, loaded ${loaded.toFixed(3)} ms, through the pool ${pooled.toFixed(1)} ms\n`
        // Whoever needs the pool waits for it at least once a round trip. The pbkdf2 also take the processors away, on
        // a small machine; that costs a multiple of the idle time, but stays far from what the pool costs.
        const free = loaded < 5 * idle || loaded < pooled / 5
        // Where the pool was not busy, this shows nothing.
        if (free && pooled > 20 * idle) return
      }
    } finally {
      clearTimeout(unrelated)
    }
    assert.fail(`round trips wait for the pool:\n${told}`)
  },
)
