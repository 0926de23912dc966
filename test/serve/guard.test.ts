import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Guard } from '../../src/serve/doors/guard.ts'

const limits = {
  clients: 1,
  buffer: 4096,
  stall: 1000,
  handshake: 1000,
  answer: 1000,
  idle: Infinity,
  rate: 100,
}

/** Whether the second address pays for what the first has done. */
function isOneWith(first: string, second: string): boolean {
  const guard = new Guard(limits, () => 0)
  for (let guess = 0; guess < 5; guess++) guard.failed(first)
  return guard.admit(second) !== undefined
}

describe('addresses of IPv6', () => {
  it('are one within 64 bits, however they are written', () => {
    assert.ok(isOneWith('2001:db8::1', '2001:db8::2'))
    assert.ok(isOneWith('2001:db8::1', '2001:db8::1:2:3:4'))
    assert.ok(isOneWith('2001:db8:1::5', '2001:db8:1:0:5:6:7:8'))
    assert.ok(isOneWith('2001:db8:1:2::5', '2001:db8:1:2:5:6:7:8'))
    assert.ok(isOneWith('fe80::1%eth0', 'fe80::2%eth0'))
  })

  it('are others beyond', () => {
    assert.ok(!isOneWith('2001:db8::1', '2001:db8:0:1::1'))
    assert.ok(!isOneWith('2001:db8:1:2::5', '2001:db8:1:3::5'))
    assert.ok(!isOneWith('::1', '2001:db8::1'))
    assert.ok(!isOneWith('::ffff:192.0.2.1', '::ffff:192.0.2.2'))
    assert.ok(isOneWith('::ffff:192.0.2.1', '192.0.2.1'))
  })
})
