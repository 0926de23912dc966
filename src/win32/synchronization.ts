import { fixedMemory, kernel32 } from '../native/win32/index.ts'
import { invalid } from '../validate.ts'
import { bool, count, dword, handleNumber, optionalWide, securityBytes, wide } from './arguments.ts'
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
 */
export function OpenEvent(desiredAccess: number, bInheritHandle: Flag, name: string): PyHANDLE {
  const access = dword('desiredAccess', desiredAccess)
  return owned(kernel32.OpenEventW(access, bool(bInheritHandle), wide('name', name)), 'OpenEvent')
}

/**
 * Signals an event.
 * @throws `pywintypes.error`
 */
export function SetEvent(hEvent: HandleLike): void {
  check(kernel32.SetEvent(handleNumber('hEvent', hEvent)), 'SetEvent')
}

/**
 * Ends an event's being signalled.
 * @throws `pywintypes.error`
 */
export function ResetEvent(hEvent: HandleLike): void {
  check(kernel32.ResetEvent(handleNumber('hEvent', hEvent)), 'ResetEvent')
}

/**
 * Signals an event for those who wait at this moment, and no longer. Microsoft advises against it: a waiter may miss it.
 * @throws `pywintypes.error`
 */
export function PulseEvent(hEvent: HandleLike): void {
  check(kernel32.PulseEvent(handleNumber('hEvent', hEvent)), 'PulseEvent')
}

/**
 * Makes a mutex, or opens the one that has this name. Its owner is a thread.
 *
 * @param bInitialOwner - this thread owns it from the start, if it is new
 * @throws `pywintypes.error`
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
 */
export function OpenMutex(desiredAccess: number, bInheritHandle: Flag, name: string): PyHANDLE {
  const access = dword('desiredAccess', desiredAccess)
  return owned(kernel32.OpenMutexW(access, bool(bInheritHandle), wide('name', name)), 'OpenMutex')
}

/**
 * Gives up a mutex, as often as it was waited for.
 * @throws `pywintypes.error` 288 when this thread does not own it
 */
export function ReleaseMutex(hEvent: HandleLike): void {
  check(kernel32.ReleaseMutex(handleNumber('hEvent', hEvent)), 'ReleaseMutex')
}

/**
 * Makes a semaphore, or opens the one that has this name. Each wait counts down; at 0 it is not signalled.
 * @throws `pywintypes.error`
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
 */
export function ReleaseSemaphore(hSemaphore: HandleLike, releaseCount: number): number {
  const previous = fixedMemory(4)
  const handle = handleNumber('hSemaphore', hSemaphore)
  check(kernel32.ReleaseSemaphore(handle, count('releaseCount', releaseCount), previous), 'ReleaseSemaphore')
  return new DataView(previous.buffer).getInt32(0, true)
}

/**
 * Makes a timer to wait for, or opens the one that has this name.
 *
 * @param bManualReset - true: it stays signalled until it is set again; false: one wait takes it
 * @throws `pywintypes.error`
 */
export function CreateWaitableTimer(
  timerAttributes: PySECURITY_ATTRIBUTES | null,
  bManualReset: Flag,
  timerName: string | null,
): PyHANDLE {
  const security = securityBytes('timerAttributes', timerAttributes)
  const handle = kernel32.CreateWaitableTimerW(
    security,
    bool(bManualReset),
    optionalWide('timerName', timerName),
  )
  return owned(handle, 'CreateWaitableTimer')
}

/**
 * Opens a timer by its name.
 * @throws `pywintypes.error` 2 when there is none
 */
export function OpenWaitableTimer(desiredAccess: number, bInheritHandle: Flag, timerName: string): PyHANDLE {
  const access = dword('desiredAccess', desiredAccess)
  const handle = kernel32.OpenWaitableTimerW(access, bool(bInheritHandle), wide('timerName', timerName))
  return owned(handle, 'OpenWaitableTimer')
}

/**
 * Sets a timer.
 *
 * @param dueTime - in units of 100 ns: from now on when negative, else since the year 1601 in UTC
 * @param period - ms; 0: it is signalled once
 * @param func - null: there are no completion routines here
 * @param param - null
 * @param resumeState - wake the machine up
 * @throws `pywintypes.error`
 */
export function SetWaitableTimer(
  handle: HandleLike,
  dueTime: number | bigint,
  period: number,
  func: null,
  param: null,
  resumeState: Flag,
): void {
  if (func !== null) throw invalid('func', func, 'null')
  if (param !== null) throw invalid('param', param, 'null')
  const isWhole = typeof dueTime === 'bigint' || Number.isSafeInteger(dueTime)
  if (!isWhole || BigInt.asIntN(64, BigInt(dueTime)) !== BigInt(dueTime))
    throw invalid('dueTime', dueTime, 'a whole number of 100 ns, of 64 bits')
  const due = new Uint8Array(BigInt64Array.of(BigInt(dueTime)).buffer)
  const timer = handleNumber('handle', handle)
  check(
    kernel32.SetWaitableTimer(timer, due, count('period', period), 0, 0, bool(resumeState)),
    'SetWaitableTimer',
  )
}

/**
 * Stops a timer; whether it is signalled does not change.
 * @throws `pywintypes.error`
 */
export function CancelWaitableTimer(handle: HandleLike): void {
  check(kernel32.CancelWaitableTimer(handleNumber('handle', handle)), 'CancelWaitableTimer')
}
