import { fixedMemory, kernel32 } from '../native/win32/index.ts'
import { bool, count, dword, handleNumber, optionalWide, securityBytes, wide } from './arguments.ts'
import type { Flag } from './arguments.ts'
import { check } from './failure.ts'
import { owned } from './handle.ts'
import type { HandleLike, PyHANDLE } from './handle.ts'
import type { PySECURITY_ATTRIBUTES } from './security-attributes.ts'

/**
 * Makes a mutex, or opens the one that has this name. Its owner is a thread.
 *
 * @param bInitialOwner - this thread owns it from the start, if it is new
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const mutex = win32event.CreateMutex(null, true, null)
 * win32event.ReleaseMutex(mutex)
 * mutex.Close()
 * ```
 */
export function CreateMutex(
  mutexAttributes: PySECURITY_ATTRIBUTES | null,
  bInitialOwner: Flag,
  name: string | null,
): PyHANDLE {
  const security = securityBytes('mutexAttributes', mutexAttributes)
  const handle = kernel32.CreateMutexW(security, bool(bInitialOwner), optionalWide('name', name))
  return owned(handle, 'CreateMutex')
}

/**
 * Opens a mutex by its name.
 * @throws `pywintypes.error` 2 when there is none
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const made = win32event.CreateMutex(null, false, 'one-at-a-time')
 * const opened = win32event.OpenMutex(win32event.SYNCHRONIZE, false, 'one-at-a-time')
 * console.log(win32event.WaitForSingleObject(opened, 1000)) // 0
 * win32event.ReleaseMutex(made)
 * ```
 */
export function OpenMutex(desiredAccess: number, bInheritHandle: Flag, name: string): PyHANDLE {
  const access = dword('desiredAccess', desiredAccess)
  return owned(kernel32.OpenMutexW(access, bool(bInheritHandle), wide('name', name)), 'OpenMutex')
}

/**
 * Gives up a mutex, as often as it was waited for.
 * @throws `pywintypes.error` 288 when this thread does not own it
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const mutex = win32event.CreateMutex(null, false, null)
 * win32event.WaitForSingleObject(mutex, win32event.INFINITE)
 * win32event.ReleaseMutex(mutex)
 * ```
 */
export function ReleaseMutex(hEvent: HandleLike): void {
  check(kernel32.ReleaseMutex(handleNumber('hEvent', hEvent)), 'ReleaseMutex')
}

/**
 * Makes a semaphore, or opens the one that has this name. Each wait counts down; at 0 it is not signalled.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const two = win32event.CreateSemaphore(null, 2, 2, null)
 * win32event.WaitForSingleObject(two, 0)
 * win32event.WaitForSingleObject(two, 0)
 * console.log(win32event.WaitForSingleObject(two, 0) === win32event.WAIT_TIMEOUT) // true
 * ```
 */
export function CreateSemaphore(
  attributes: PySECURITY_ATTRIBUTES | null,
  initialCount: number,
  maximumCount: number,
  name: string | null,
): PyHANDLE {
  const handle = kernel32.CreateSemaphoreW(
    securityBytes('attributes', attributes),
    count('initialCount', initialCount),
    count('maximumCount', maximumCount),
    optionalWide('name', name),
  )
  return owned(handle, 'CreateSemaphore')
}

/**
 * Opens a semaphore by its name.
 * @throws `pywintypes.error` 2 when there is none
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const made = win32event.CreateSemaphore(null, 1, 1, 'one-measurement')
 * const opened = win32event.OpenSemaphore(win32event.SYNCHRONIZE, false, 'one-measurement')
 * console.log(win32event.WaitForSingleObject(opened, 0)) // 0
 * made.Close()
 * ```
 */
export function OpenSemaphore(desiredAccess: number, bInheritHandle: Flag, name: string): PyHANDLE {
  const access = dword('desiredAccess', desiredAccess)
  return owned(kernel32.OpenSemaphoreW(access, bool(bInheritHandle), wide('name', name)), 'OpenSemaphore')
}

/**
 * Counts up.
 *
 * @returns what the count was
 * @throws `pywintypes.error` 298 when that would be more than the maximum
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const semaphore = win32event.CreateSemaphore(null, 0, 5, null)
 * console.log(win32event.ReleaseSemaphore(semaphore, 2)) // 0
 * console.log(win32event.ReleaseSemaphore(semaphore, 1)) // 2
 * ```
 */
export function ReleaseSemaphore(hSemaphore: HandleLike, releaseCount: number): number {
  const previous = fixedMemory(4)
  const handle = handleNumber('hSemaphore', hSemaphore)
  check(kernel32.ReleaseSemaphore(handle, count('releaseCount', releaseCount), previous), 'ReleaseSemaphore')
  return new DataView(previous.buffer).getInt32(0, true)
}
