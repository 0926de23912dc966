import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { open } from '../../src/index.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { notOnWindows } from '../support/platform.ts'
import { Pseudo } from '../support/pseudo.ts'
import { givesAllBack } from '../support/resources.ts'
import { system } from '../support/system.ts'
import { eventually, within } from '../support/wait.ts'

const limit = { timeout: 30_000 }
const givenBack = {
  ...limit,
  skip: notOnWindows('a port stays open until the process ends: docs/platforms.md'),
}

function start(task: 'echo' | 'hold' | 'block' | 'pair' | 'hold pair', path?: string): Worker {
  return new Worker(new URL('../support/port-worker.js', import.meta.url), { workerData: { path, task } })
}

describe('ports in worker threads', () => {
  it('work in several at once, one pair each', limit, () =>
    givesAllBack(async () => {
      const ends = Array.from({ length: 4 }, async () => {
        const worker = start('pair')
        const ended = once(worker, 'exit')
        const [message] = (await once(worker, 'message')) as unknown[]
        const [code] = (await within(5000, ended)) as unknown[]
        return { message, code }
      })
      const expected = { message: { got: 2000, warnings: [] }, code: 0 }
      assert.deepEqual(await Promise.all(ends), [expected, expected, expected, expected])
    }),
  )

  it('work in several at once, on ports of one thread', limit, () =>
    givesAllBack(async () => {
      const workers = Array.from({ length: 4 }, (_, index) => {
        const far = new Pseudo()
        const worker = start('echo', far.path)
        return {
          far,
          opened: once(worker, 'message'),
          ended: once(worker, 'exit'),
          data: new ByteStream(index + 1).take(1000),
        }
      })
      await Promise.all(workers.map(({ opened }) => opened))
      for (const { data, far } of workers) assert.equal(far.send(data), 1000)
      for (const { data, ended, far } of workers) {
        let echoed = Buffer.alloc(0)
        await eventually('the echo', () => (echoed = Buffer.concat([echoed, far.take()])).byteLength === 1000)
        assert.ok(echoed.equals(data))
        assert.deepEqual(await within(5000, ended), [0])
        far[Symbol.dispose]()
      }
    }),
  )

  it('are given back when the thread is terminated', givenBack, async () => {
    using far = new Pseudo()
    await givesAllBack(async () => {
      for (let round = 0; round < 20; round++) {
        const worker = start('hold', far.path)
        await once(worker, 'message')
        system.assertHeld(far.path, 'exclusive')
        await within(5000, worker.terminate())
        system.assertLetGo(far.path)
        const port = await open(far.path)
        await port.close()
      }
    })
  })

  it('let their thread be terminated also while they block it', limit, async () => {
    using far = new Pseudo()
    const worker = start('block', far.path)
    await once(worker, 'message')
    await within(5000, worker.terminate())
    system.assertLetGoByThread(far.path)
  })

  it('are given back with their pair when the thread that made both is terminated', givenBack, () =>
    givesAllBack(async () => {
      for (let round = 0; round < 3; round++) {
        const worker = start('hold pair')
        await once(worker, 'message')
        await within(5000, worker.terminate())
      }
    }),
  )
})
