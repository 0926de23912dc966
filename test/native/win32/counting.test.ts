// What the Windows port makes of what happened: never more than did.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as c from '../../../src/native/win32/constants.ts'
import { Counting } from '../../../src/native/win32/counting.ts'

const low = { cts: false, dsr: false, dcd: false, ri: false }
const none = { received: 0, sent: 0, framing: 0, parity: 0, overrun: 0, break: 0 }
const quiet = { ...none, cts: 0, dsr: 0, dcd: 0, ri: 0 }

suite('errors', () => {
  test('each kind, as often as it was told of', () => {
    const counting = new Counting()
    for (const flags of [c.CE_RXPARITY, c.CE_FRAME | c.CE_RXPARITY, c.CE_OVERRUN, c.CE_RXOVER, 0]) {
      counting.flagged(flags)
    }
    assert.deepEqual(counting.counters(), { ...none, framing: 1, parity: 2, overrun: 2 })
  })

  test('a break is no framing error, and not counted twice where it is an event too', () => {
    const counting = new Counting()
    counting.flagged(c.CE_BREAK | c.CE_FRAME)
    assert.deepEqual(counting.counters(), { ...none, break: 1 })
    counting.follow(low)
    counting.flagged(c.CE_BREAK | c.CE_FRAME)
    counting.followed(c.EV_BREAK)
    assert.deepEqual(counting.counters(low), { ...quiet, break: 2 })
  })
})

suite('lines', () => {
  test('are absent until they are followed, and where they are not', () => {
    const counting = new Counting()
    counting.followed(c.EV_CTS)
    assert.deepEqual(counting.counters(low), none)
    counting.follow(low)
    assert.deepEqual(counting.counters(low), quiet)
    assert.deepEqual(counting.counters(), none)
  })

  test('an event is a change at least', () => {
    const counting = new Counting()
    counting.follow(low)
    counting.followed(c.EV_CTS | c.EV_RING)
    counting.followed(c.EV_CTS | c.EV_DSR | c.EV_RLSD)
    const now = { ...low, dsr: true, dcd: true }
    assert.deepEqual(counting.counters(now), { ...quiet, cts: 2, dsr: 1, dcd: 1, ri: 1 })
  })

  test('what the levels give away is counted once, before its event or with it', () => {
    const counting = new Counting()
    counting.follow(low)
    const cts = (level: boolean) => counting.counters({ ...low, cts: level }).cts
    assert.equal(cts(true), 1)
    counting.followed(c.EV_CTS)
    assert.equal(cts(true), 1)
    // There and back in one event.
    counting.followed(c.EV_CTS)
    assert.equal(cts(true), 3)
    // There, and its event is still to come.
    assert.equal(cts(false), 4)
    counting.followed(c.EV_CTS)
    assert.equal(cts(false), 4)
  })

  test('never more than there were, and never fewer than before, whatever is told when', () => {
    for (let seed = 1; seed <= 300; seed++) {
      let state = seed
      const chance = (of: number) => (state = (state * 48_271) % 0x7fffffff) % of === 0
      const counting = new Counting()
      let level = false
      let changes = 0
      let untold = false
      let before = 0
      counting.follow({ ...low, cts: level })
      for (let step = 0; step < 60; step++) {
        if (chance(2)) {
          level = !level
          changes++
          untold = true
        }
        if (untold && chance(2)) {
          counting.followed(c.EV_CTS)
          untold = false
        }
        if (!chance(3)) continue
        const { cts = NaN } = counting.counters({ ...low, cts: level })
        assert.ok(cts >= before && cts <= changes && (changes - cts) % 2 === 0, `${before} ${cts} ${changes}`)
        before = cts
      }
    }
  })
})
