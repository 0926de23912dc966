import { kernel32 } from '../native/win32/index.ts'
import { invalid } from '../validate.ts'
import { bool, count, dword, handleNumber, optionalWide, securityBytes, wide } from './arguments.ts'
import type { Flag } from './arguments.ts'
import { check } from './failure.ts'
import { owned } from './handle.ts'
import type { HandleLike, PyHANDLE } from './handle.ts'
import type { PySECURITY_ATTRIBUTES } from './security-attributes.ts'

/**
 * Makes a timer to wait for, or opens the one that has this name.
 *
 * @param bManualReset - true: it stays signalled until it is set again; false: one wait takes it
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const timer = win32event.CreateWaitableTimer(null, true, null)
 * win32event.SetWaitableTimer(timer, -20 * 10_000, 0, null, null, false) // in 20 ms
 * console.log(win32event.WaitForSingleObject(timer, 5000)) // 0
 * ```
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
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const made = win32event.CreateWaitableTimer(null, true, 'every-second')
 * const opened = win32event.OpenWaitableTimer(win32event.TIMER_MODIFY_STATE, false, 'every-second')
 * win32event.SetWaitableTimer(opened, -10_000_000, 1000, null, null, false)
 * made.Close()
 * ```
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
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const timer = win32event.CreateWaitableTimer(null, true, null)
 * win32event.SetWaitableTimer(timer, -20 * 10_000, 0, null, null, false) // in 20 ms
 * console.log(await win32event.WaitForSingleObjectAsync(timer, 5000)) // 0
 * ```
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
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const timer = win32event.CreateWaitableTimer(null, true, null)
 * win32event.SetWaitableTimer(timer, -50 * 10_000, 0, null, null, false)
 * win32event.CancelWaitableTimer(timer)
 * console.log(win32event.WaitForSingleObject(timer, 100) === win32event.WAIT_TIMEOUT) // true
 * ```
 */
export function CancelWaitableTimer(handle: HandleLike): void {
  check(kernel32.CancelWaitableTimer(handleNumber('handle', handle)), 'CancelWaitableTimer')
}
