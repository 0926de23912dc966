/** The types that the other modules share, by pywin32's names. */
import { PyHANDLE } from './handle.ts'
import { PySECURITY_ATTRIBUTES } from './security-attributes.ts'

export { error } from './failure.ts'
export { PyHANDLE } from './handle.ts'
export type { HandleLike } from './handle.ts'
export { OVERLAPPED, PyOVERLAPPED } from './overlapped.ts'
export { PySECURITY_ATTRIBUTES } from './security-attributes.ts'

/**
 * An object that owns this handle, and closes it; 0 for none.
 * @throws `SerialError` `INVALID_OPTION`
 */
export function HANDLE(handle: number = 0): PyHANDLE {
  return new PyHANDLE(handle)
}

/** New security attributes: handles are not inherited. */
export function SECURITY_ATTRIBUTES(): PySECURITY_ATTRIBUTES {
  return new PySECURITY_ATTRIBUTES()
}
