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
 *
 * @example
 * ```ts
 * import { pywintypes } from 'baud/win32'
 *
 * console.log(Number(pywintypes.HANDLE())) // 0
 * ```
 */
export function HANDLE(handle: number = 0): PyHANDLE {
  return new PyHANDLE(handle)
}

/**
 * New security attributes: handles are not inherited.
 *
 * @example
 * ```ts
 * import { pywintypes, win32event } from 'baud/win32'
 *
 * const inherited = pywintypes.SECURITY_ATTRIBUTES()
 * inherited.bInheritHandle = true
 * const event = win32event.CreateEvent(inherited, true, false, null)
 * event.Close()
 * ```
 */
export function SECURITY_ATTRIBUTES(): PySECURITY_ATTRIBUTES {
  return new PySECURITY_ATTRIBUTES()
}
