import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { attributes, exclusions, free } from './native.ts'
import type { System } from './system.ts'

function assertLetGo(path: string): void {
  assert.equal(exclusions(path).lock, 'none')
}

export const linuxTerminal: System = {
  assertFree: (path, message) => assert.deepEqual(exclusions(path), free, message),
  assertLetGo,
  // A thread's ports are closed with it, however it ends.
  assertLetGoByThread: assertLetGo,
  assertHeld: (path, lock) => assert.deepEqual(exclusions(path), { exclusive: lock === 'exclusive', lock }),
  attributes,
  unsettle: (path) => void execFileSync('stty', ['-F', path, '1200', 'echo', 'icrnl']),
}
