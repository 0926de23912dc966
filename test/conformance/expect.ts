import assert from 'node:assert/strict'
import { SerialError } from '../../src/index.ts'
import type { SerialErrorCode } from '../../src/index.ts'

/** Asserts that this fails with the code, and returns the error for a closer look. */
export async function rejectsWith(code: SerialErrorCode, promise: Promise<unknown>): Promise<SerialError> {
  try {
    await promise
  } catch (error) {
    return check(code, error)
  }
  throw new assert.AssertionError({ message: `should have failed with ${code}` })
}

/** The same for a call that throws. */
export function throwsWith(code: SerialErrorCode, call: () => unknown): SerialError {
  try {
    call()
  } catch (error) {
    return check(code, error)
  }
  throw new assert.AssertionError({ message: `should have failed with ${code}` })
}

function check(code: SerialErrorCode, error: unknown): SerialError {
  assert.ok(error instanceof SerialError, `not a SerialError: ${String(error)}`)
  assert.equal(error.code, code, error.message)
  return error
}
