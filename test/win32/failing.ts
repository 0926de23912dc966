import assert from 'node:assert/strict'
import { pywintypes } from '../../src/win32/index.ts'

/** The error number that a call throws. */
export function winerrorOf(call: () => unknown): number {
  try {
    call()
  } catch (e) {
    assert.ok(e instanceof pywintypes.error, String(e))
    return e.winerror
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' })
}

/** The error number that a promise is rejected with. */
export async function winerrorOfAsync(promise: Promise<unknown>): Promise<number> {
  try {
    await promise
  } catch (e) {
    assert.ok(e instanceof pywintypes.error, String(e))
    return e.winerror
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' })
}
