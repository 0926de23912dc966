// When what was written will have left, as reckoned by the baud rate, and when that is looked at.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { nextLook, Pace } from '../../../src/native/posix/pacing.ts'

/** Within what a test may be held up by others on the machine. */
function about(value: number, expected: number): void {
  assert.ok(value <= expected && value > expected - 200, `${value} in place of ${expected}`)
}

suite('the pace of a line', () => {
  test('adds up what is given to it, and what is taken back', () => {
    const pace = new Pace()
    assert.ok(pace.left < 0)
    pace.add(5000)
    pace.add(1000)
    about(pace.left, 6000)
    pace.add(-4000)
    about(pace.left, 2000)
  })

  test('begins anew when it has carried all', () => {
    const pace = new Pace()
    pace.add(-1000)
    pace.add(3000)
    about(pace.left, 3000)
    pace.stop()
    assert.ok(pace.left < 0)
  })

  test('is over by when it is known to be, and not later for it', () => {
    const pace = new Pace()
    pace.add(50_000)
    pace.limit(1000)
    about(pace.left, 1000)
    pace.limit(5000)
    about(pace.left, 1000)
  })

  test('is watched closely around its end, the longer the longer it took, and for 10 ms at most', () => {
    const pace = new Pace()
    assert.equal(pace.slack, 2)
    pace.add(100)
    assert.ok(Math.abs(pace.slack - 4) < 0.1)
    pace.add(3_600_000)
    assert.equal(pace.slack, 10)
  })
})

suite('the next look at the output', () => {
  test('is at the next turn when the end is near', () => {
    assert.equal(nextLook({ left: 1, near: true }), 0)
    assert.equal(nextLook({ left: 0, near: true }), 0)
  })

  test('and else in time for it, at least every 50 ms, and every ms where it is overdue', () => {
    assert.deepEqual(
      [1000, 20.9, 3, 0].map((left) => nextLook({ left, near: false })),
      [50, 19, 2, 1],
    )
  })
})
