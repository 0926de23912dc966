import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from '../support/child.ts'
import type { Ended } from '../support/child.ts'
import { Pseudo } from '../support/pseudo.ts'
import { system } from '../support/system.ts'
import { within } from '../support/wait.ts'

const limit = { timeout: 20_000 }

/** What a process that was to end has said and done. */
async function run(scenario: string): Promise<Ended> {
  using far = new Pseudo()
  far.send('x'.repeat(200))
  await using child = new Child('scenario', scenario, far.path)
  const ended = await within(5000, child.ended)
  system.assertLetGo(far.path)
  return ended
}

// Several at once, as they spend their time waiting.
const together = { concurrency: 3 }

describe('a process stays alive while a port is', together, () => {
  for (const scenario of [
    'open',
    'open, paused by its full buffer',
    'open, unreferenced and referenced again',
    'open on a virtual pair',
    'open in a worker',
  ]) {
    it(scenario, limit, async () => {
      using far = new Pseudo()
      far.send('x'.repeat(200))
      await using child = new Child('scenario', scenario, far.path)
      assert.equal(await child.line(), 'ready')
      let ended = false
      void child.ended.then(() => (ended = true))
      await sleep(400)
      assert.equal(ended, false, 'it has ended')
      // With its device the port goes, and with that the process, though nobody calls close().
      far.unplug()
      const { code, signal, stderr } = await within(5000, child.ended)
      assert.deepEqual([code, signal, stderr], [0, null, ''])
    })
  }
})

describe('a process ends by itself when a port is', together, () => {
  for (const scenario of [
    'unreferenced',
    'unreferenced, with reads pending',
    'unreferenced, paused by its full buffer',
    'unreferenced before it is paused by its full buffer',
    'unreferenced, then a write gets stuck',
    'unreferenced while a write is stuck',
    'unreferenced while a break is held',
    'closed',
    'open, but blocking',
    'a virtual pair',
    'a worker that is terminated',
  ]) {
    it(scenario, limit, async () => {
      const { code, signal, stderr, stdout } = await run(scenario)
      assert.deepEqual([code, signal, stderr, stdout], [0, null, '', 'ready\n'])
    })
  }
})

describe('a process can be ended with a port open:', together, () => {
  it('exit() with reads and writes pending', limit, async () => {
    const { code, signal, stderr } = await run('exit with calls pending')
    assert.deepEqual([code, signal, stderr], [7, null, ''])
  })

  it('exit() from a listener of the port', limit, async () => {
    assert.equal((await run('exit from a listener')).code, 8)
  })

  it('an uncaught exception', limit, async () => {
    const { code, signal, stderr } = await run('an uncaught exception')
    assert.deepEqual([code, signal], [1, null])
    assert.match(stderr, /Error: boom/)
  })

  it('an uncaught exception in a worker', limit, async () => {
    const { code, stdout } = await run('an uncaught exception in a worker')
    assert.equal(code, 0)
    assert.match(stdout, /boom/)
  })

  it('a signal', limit, async () => {
    using far = new Pseudo()
    await using child = new Child('scenario', 'open', far.path)
    assert.equal(await child.line(), 'ready')
    await within(5000, child.kill('SIGTERM'))
    const { signal } = await child.ended
    assert.equal(signal, 'SIGTERM')
    system.assertLetGo(far.path)
  })
})
