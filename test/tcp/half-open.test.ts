import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { it } from 'node:test'
import { Child } from '../support/child.ts'

const allowed = spawnSync('unshare', ['--map-root-user', '--net', 'ip', 'link']).status === 0

it(
  'a host that vanishes without a word is noticed by a silent connection',
  { timeout: 90_000, skip: !allowed && 'needs a network namespace of its own: unshare(1) and ip(8)' },
  async () => {
    await using child = new Child('vanishing-host')
    const { code, stderr, stdout } = await child.ended
    assert.deepEqual([code, stderr], [0, ''])
    const outcome = JSON.parse(stdout) as { code: string; errnoName: string; seconds: number }
    assert.deepEqual([outcome.code, outcome.errnoName], ['DISCONNECTED', 'ETIMEDOUT'])
    assert.ok(outcome.seconds < 60, `after ${outcome.seconds} s`)
  },
)
