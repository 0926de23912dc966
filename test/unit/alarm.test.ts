// Time-outs: never early, each once, whatever is set, taken back or expires meanwhile.
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bound } from '../../src/bound.ts'
import { seeded } from '../support/random.ts'
import { eventually } from '../support/wait.ts'

/** Nothing but the timer that is under test: it keeps no process alive. */
const alive = setInterval(() => {}, 1000)
test.after(() => clearInterval(alive))

/** Calls back when the time is up. */
const after = (timeout: number, expired: () => void): Bound =>
  new Bound(timeout, undefined, expired, () => assert.fail('nothing was aborted'))

test('what is released does not expire, what is not does, and never before its time', () =>
  seeded(async (random) => {
    const ended: number[] = []
    let expected = 0
    for (let i = 0; i < 2000; i++) {
      const timeout = random.between(1, 300)
      const began = performance.now()
      const bound = after(timeout, () => ended.push(performance.now() - began - timeout))
      if (random.once(4)) expected += 1
      else bound.release()
      if (random.once(100)) await sleep(random.between(0, 20))
    }
    await eventually('all that were left have expired', () => ended.length === expected)
    assert.ok(Math.min(...ended) >= 0, `${Math.min(...ended)} ms early`)
    await sleep(350)
    assert.equal(ended.length, expected)
  }))

test('a shorter one that is set later is not late', async () => {
  const [long, short] = [{ at: 0 }, { at: 0 }]
  after(2000, () => (long.at = performance.now()))
  await sleep(5)
  const began = performance.now()
  after(20, () => (short.at = performance.now()))
  await eventually('both have expired', () => long.at > 0)
  assert.ok(short.at >= began + 20 && short.at < long.at - 1000, `${short.at - began} ms`)
})

test('one that expires may release another that is due, and set a new one', async () => {
  const ended: string[] = []
  after(10, () => {
    ended.push('first')
    second.release()
    after(10, () => ended.push('third'))
  })
  const second = after(10, () => ended.push('second'))
  // Both are due when the timer rings.
  for (const end = performance.now() + 30; performance.now() < end;);
  await eventually('the third has expired', () => ended.includes('third'))
  assert.deepEqual(ended, ['first', 'third'])
})

test('those that are due when the timer rings expire in the order of their times', () =>
  seeded(async (random) => {
    const ended: Bound[] = []
    const bounds = Array.from({ length: 500 }, () => {
      const bound: Bound = after(random.between(1, 40), () => ended.push(bound))
      return bound
    })
    const left = bounds.filter(() => random.once(3))
    for (const bound of bounds) if (!left.includes(bound)) bound.release()
    for (const end = performance.now() + 50; performance.now() < end;);
    await eventually('all that were left have expired', () => ended.length === left.length)
    assert.deepEqual(
      ended.map(({ at }) => at),
      left.map(({ at }) => at).toSorted((a, b) => a - b),
    )
  }))

test('a test with a clock of its own moves time-outs on, and leaves those after it alone', async () => {
  const ended: string[] = []
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    after(1000, () => ended.push('1 s'))
    after(60_000, () => ended.push('a minute'))
    after(500, () => ended.push('released')).release()
    mock.timers.tick(999)
    assert.equal(ended.join(), '')
    mock.timers.tick(59_001)
    assert.equal(ended.join(), '1 s,a minute')
    after(5, () => ended.push('what nobody waits for'))
  } finally {
    mock.timers.reset()
  }
  await sleep(10)
  after(20, () => ended.push('after it'))
  await eventually('the time-out after it has expired', () => ended.length === 3)
  assert.equal(ended[2], 'after it')
})
