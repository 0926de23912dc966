import { kernel32 } from '../native/win32/index.ts'
import { bool, dword, handleNumber, optionalWide, securityBytes, wide } from './arguments.ts'
import type { Flag } from './arguments.ts'
import { check } from './failure.ts'
import { owned } from './handle.ts'
import type { HandleLike, PyHANDLE } from './handle.ts'
import type { PySECURITY_ATTRIBUTES } from './security-attributes.ts'

/** Events that no wait changes, as far as is known: one with a name may have been made by somebody else. */
const manualReset = new WeakSet<object>()

/** Whether waiting for this leaves it as it is, for certain. */
export function staysSignalled(handle: HandleLike): boolean {
  return typeof handle === 'object' && manualReset.has(handle)
}

/**
 * Makes an event, or opens the one that has this name.
 *
 * @param bManualReset - true: it stays signalled until {@link ResetEvent}; false: one wait takes it
 * @param bInitialState - signalled from the start
 * @param objectName - null for one without a name
 * @throws `pywintypes.error` 6 when the name is that of another kind of object; `SerialError` `INVALID_OPTION`,
 * `UNSUPPORTED` outside Windows
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const event = win32event.CreateEvent(null, false, true, null) // one wait resets it
 * console.log(win32event.WaitForSingleObject(event, 0) === win32event.WAIT_OBJECT_0) // true
 * console.log(win32event.WaitForSingleObject(event, 0) === win32event.WAIT_TIMEOUT) // true
 * ```
 */
export function CreateEvent(
  eventAttributes: PySECURITY_ATTRIBUTES | null,
  bManualReset: Flag,
  bInitialState: Flag,
  objectName: string | null,
): PyHANDLE {
  const security = securityBytes('eventAttributes', eventAttributes)
  const name = optionalWide('objectName', objectName)
  const handle = kernel32.CreateEventW(security, bool(bManualReset), bool(bInitialState), name)
  const event = owned(handle, 'CreateEvent')
  if (name === null && bool(bManualReset) === 1) manualReset.add(event)
  return event
}

/**
 * Opens an event by its name.
 *
 * @param desiredAccess - `EVENT_ALL_ACCESS`, or `EVENT_MODIFY_STATE | SYNCHRONIZE`
 * @throws `pywintypes.error` 2 when there is none
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const made = win32event.CreateEvent(null, true, false, 'ready-to-measure')
 * const opened = win32event.OpenEvent(win32event.EVENT_MODIFY_STATE, false, 'ready-to-measure')
 * win32event.SetEvent(opened)
 * console.log(win32event.WaitForSingleObject(made, 0)) // 0
 * ```
 */
export function OpenEvent(desiredAccess: number, bInheritHandle: Flag, name: string): PyHANDLE {
  const access = dword('desiredAccess', desiredAccess)
  return owned(kernel32.OpenEventW(access, bool(bInheritHandle), wide('name', name)), 'OpenEvent')
}

/**
 * Signals an event.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const event = win32event.CreateEvent(null, true, false, null)
 * win32event.SetEvent(event)
 * console.log(win32event.WaitForSingleObject(event, 0)) // 0
 * ```
 */
export function SetEvent(hEvent: HandleLike): void {
  check(kernel32.SetEvent(handleNumber('hEvent', hEvent)), 'SetEvent')
}

/**
 * Ends an event's being signalled.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const event = win32event.CreateEvent(null, true, true, null)
 * win32event.ResetEvent(event)
 * console.log(win32event.WaitForSingleObject(event, 0) === win32event.WAIT_TIMEOUT) // true
 * ```
 */
export function ResetEvent(hEvent: HandleLike): void {
  check(kernel32.ResetEvent(handleNumber('hEvent', hEvent)), 'ResetEvent')
}

/**
 * Signals an event for those who wait at this moment, and no longer. Microsoft advises against it: a waiter may miss it.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const event = win32event.CreateEvent(null, true, false, null)
 * win32event.PulseEvent(event) // nobody waits
 * console.log(win32event.WaitForSingleObject(event, 0) === win32event.WAIT_TIMEOUT) // true
 * ```
 */
export function PulseEvent(hEvent: HandleLike): void {
  check(kernel32.PulseEvent(handleNumber('hEvent', hEvent)), 'PulseEvent')
}
