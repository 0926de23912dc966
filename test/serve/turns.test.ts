// Whose turn it is, and who waits for it.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Seat } from '../../src/serve/seat.ts'
import { Turns } from '../../src/serve/turns.ts'

it('a client that was refused is waited for no longer than it may come again', async () => {
  let now = 1000
  const handover = { begins: () => {}, ends: async () => {} }
  const turns = new Turns(handover, 60_000, () => now)
  const seat = { isGoing: false, isOwedTurn: false } as Seat
  turns.join(seat)
  assert.ok(!turns.isAwaited)
  turns.refused()
  now += 59_000
  assert.ok(turns.isAwaited)
  now += 2000
  assert.ok(!turns.isAwaited)
  turns.refused()
  assert.ok(turns.isAwaited)
  await turns.leave(seat)
  turns.join(seat)
  assert.ok(!turns.isAwaited)
})
