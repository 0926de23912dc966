import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { setImmediate as immediate } from 'node:timers/promises'
import { open, openSync, SerialError } from '../../src/index.ts'
import type { SerialOptions } from '../../src/index.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { createPair } from '../support/pair.ts'
import { notOnWindows, onWindows } from '../support/platform.ts'
import { Pseudo } from '../support/pseudo.ts'
import { givesAllBack } from '../support/resources.ts'
import { system } from '../support/system.ts'

const limit = { timeout: 60_000 }
const batches = 5
const batchSize = 2000

/** Each has the lab lay a cable, on Windows. */
const unplugs = onWindows ? 40 : 200
const withLocks = {
  ...limit,
  skip: notOnWindows('share mode 0 is the only lock there, and Wine has none on ports'),
}

/** Openings that fail, at one step or another. */
const failures: (free: string, busy: string) => readonly [path: string, options: SerialOptions][] = onWindows
  ? (free) => [
      ['COM99', {}],
      // Refused when it is open already.
      [process.execPath, {}],
      ['NUL', {}],
      [free, { lowLatency: true }],
      [free, { rs485: {} }],
    ]
  : (free, busy) => [
      ['/dev/there-is-no-such-port', {}],
      ['/tmp', {}],
      ['/dev/zero', {}],
      [busy, {}],
      // Refused by the device, when it has been opened already: the last when it is in the event loop too.
      [free, { lowLatency: true }],
      [free, { rs485: {} }],
      [free, { flowControl: 'dsr-dtr' }],
    ]

/** In bytes. */
interface Memory {
  /** What JavaScript holds. */
  readonly heap: number
  /** What the process holds besides: the heap itself is left out, since it is made larger for speed's sake. */
  readonly native: number
}

async function memory(): Promise<Memory> {
  await immediate()
  assert.ok(global.gc, 'to be run with --expose-gc')
  // Finalizers run between two collections, and free what the second finds.
  for (let turn = 0; turn < 3; turn++) {
    global.gc()
    await immediate()
  }
  const { external, heapTotal, heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed + external, native: rss - heapTotal }
}

/** What a round may seem to leave behind: less than anything that it could forget. */
const most: Memory = { heap: 64, native: 512 }

/**
 * What each round adds for good. Whatever else grows in a process grows in jumps, and for a while after its start; a leak
 * grows in every batch: the least of the batches tells.
 */
async function growth(round: () => Promise<void> | void): Promise<Memory> {
  const run = async (rounds: number) => {
    for (let count = 0; count < rounds; count++) await round()
  }
  await run(500)
  const least = { heap: Infinity, native: Infinity }
  let before = await memory()
  const isFlat = (): boolean => least.heap < most.heap && least.native < most.native
  for (let batch = 0; batch < batches || (batch < 4 * batches && !isFlat()); batch++) {
    await run(batchSize)
    const now = await memory()
    least.heap = Math.min(least.heap, (now.heap - before.heap) / batchSize)
    least.native = Math.min(least.native, (now.native - before.native) / batchSize)
    before = now
  }
  return least
}

async function stays(round: () => Promise<void> | void): Promise<void> {
  await givesAllBack(async () => {
    const { heap, native } = await growth(round)
    assert.ok(heap < most.heap, `${heap} bytes of heap stay behind each round`)
    assert.ok(native < most.native, `${native} bytes of native memory stay behind each round`)
  })
}

describe('10,000 rounds of opening and closing leave the process as it was', () => {
  it('asynchronously', limit, async () => {
    using far = new Pseudo()
    await stays(async () => {
      const port = await open(far.path)
      await port.close()
    })
    system.assertFree(far.path)
  })

  it('blocking', limit, async () => {
    using far = new Pseudo()
    await stays(() => openSync(far.path).close())
    system.assertFree(far.path)
  })
})

it('10,000 breaks leave a port as it was', limit, async () => {
  using far = new Pseudo()
  await using port = await open(far.path)
  await stays(() => port.sendBreak(0))
})

describe('nothing stays behind', () => {
  it('of calls that wait: timers, and listeners on their signals', limit, async () => {
    await using pair = await createPair()
    await using port = await open(pair.a)
    await using device = await open(pair.b)
    const { signal } = new AbortController()
    await givesAllBack(async () => {
      for (let round = 0; round < 2000; round++) {
        const reading = port.readExactly(2, { signal, timeout: 10_000 })
        await device.write('xy', { signal, timeout: 10_000 })
        await reading
        if (round % 10 === 0) await rejectsWith('TIMEOUT', port.readLine({ signal, timeout: 0 }))
        await device.drain({ signal, timeout: 10_000 })
      }
      await port.sendBreak(1, { signal })
    })
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })

  it('of an opening that fails, wherever it does', limit, async () => {
    using busy = new Pseudo()
    using pty = new Pseudo()
    await using holder = await open(busy.path)
    for (const [path, options] of failures(pty.path, busy.path)) {
      await givesAllBack(async () => {
        for (let round = 0; round < 100; round++) {
          await assert.rejects(open(path, options), SerialError)
          assert.throws(() => openSync(path, options), SerialError)
        }
      })
      system.assertFree(pty.path, `after ${JSON.stringify(options)}`)
    }
    assert.ok(holder.isOpen)
    system.assertHeld(busy.path, 'exclusive')
  })

  it('of ports whose device vanished', limit, async () => {
    await givesAllBack(async () => {
      for (let round = 0; round < unplugs; round++) {
        const far = new Pseudo()
        const port = await open(far.path)
        const reading = rejectsWith('DISCONNECTED', port.read())
        far[Symbol.dispose]()
        await reading
        // close() is not even called.
        await port.closed
      }
    })
  })

  it('of the locks, which hold while the port is open', withLocks, async () => {
    using far = new Pseudo()
    {
      await using port = await open(far.path)
      system.assertHeld(port.path, 'exclusive')
      throwsWith('PORT_BUSY', () => openSync(far.path))
      throwsWith('PORT_BUSY', () => openSync(far.path, { exclusive: false }))
    }
    system.assertFree(far.path)
    {
      await using port = await open(far.path, { exclusive: false })
      openSync(far.path, { exclusive: false }).close()
      system.assertHeld(port.path, 'shared')
      throwsWith('PORT_BUSY', () => openSync(far.path))
    }
    system.assertFree(far.path)
  })

  it('of virtual pairs', limit, () =>
    givesAllBack(async () => {
      for (let round = 0; round < 20; round++) {
        await using pair = await createPair()
        const port = await open(pair.a)
        await pair.close()
        await port.closed
      }
    }),
  )
})
