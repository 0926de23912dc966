import { kernel32 } from '../native/win32/index.ts'
import { invalid } from '../validate.ts'
import { bool, dword, handleNumber } from './arguments.ts'
import type { Flag } from './arguments.ts'
import type { HandleLike } from './handle.ts'
import { checkWait, poll, outcomeOf, patience } from './waiting.ts'
import type { WaitOptions } from './waiting.ts'
import { MAXIMUM_WAIT_OBJECTS, WAIT_TIMEOUT } from './win32con.ts'

/** The handles as an array of C's. */
function handleArray(handles: readonly HandleLike[]): Uint8Array {
  const allowed = `1 to ${MAXIMUM_WAIT_OBJECTS} handles`
  const length = Array.isArray(handles) ? handles.length : 0
  if (length < 1 || length > MAXIMUM_WAIT_OBJECTS) throw invalid('handleList', handles, allowed)
  // Not `map` alone, which leaves the holes of a list as they are.
  const numbers = Array.from(handles, (handle) => BigInt(handleNumber('handleList', handle)))
  return new Uint8Array(BigInt64Array.from(numbers).buffer)
}

/**
 * Waits for any, or with `bWaitAll` for all, of up to 64 objects. Only what ended the wait is changed.
 *
 * @returns `WAIT_OBJECT_0 + i`, `WAIT_ABANDONED_0 + i`, or `WAIT_TIMEOUT`
 * @throws `pywintypes.error`; `SerialError` `INVALID_OPTION`, `UNSUPPORTED` outside Windows
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const event = () => win32event.CreateEvent(null, true, false, null)
 * const [first, second] = [event(), event()]
 * win32event.SetEvent(second)
 * console.log(win32event.WaitForMultipleObjects([first, second], false, 1000)) // 1
 * ```
 */
export function WaitForMultipleObjects(
  handleList: readonly HandleLike[],
  bWaitAll: Flag,
  milliseconds: number,
): number {
  const handles = handleArray(handleList)
  const timeout = dword('milliseconds', milliseconds)
  const result = kernel32.WaitForMultipleObjects(handleList.length, handles, bool(bWaitAll), timeout)
  return outcomeOf(result, 'WaitForMultipleObjects')
}

/**
 * The same; with `bAlertable` it also ends, with `WAIT_IO_COMPLETION`, when an APC was run for this thread.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const event = win32event.CreateEvent(null, true, true, null)
 * console.log(win32event.WaitForMultipleObjectsEx([event], true, 10, true)) // 0
 * ```
 */
export function WaitForMultipleObjectsEx(
  handleList: readonly HandleLike[],
  bWaitAll: Flag,
  milliseconds: number,
  bAlertable: Flag,
): number {
  const result = kernel32.WaitForMultipleObjectsEx(
    handleList.length,
    handleArray(handleList),
    bool(bWaitAll),
    dword('milliseconds', milliseconds),
    bool(bAlertable),
  )
  return outcomeOf(result, 'WaitForMultipleObjectsEx')
}

/**
 * {@link WaitForMultipleObjects} while the event loop runs on. The objects are looked at together, every 15 ms at the
 * latest: waiting for each of them by itself could change several.
 *
 * @throws `pywintypes.error`; `SerialError` `ABORTED`, `INVALID_OPTION`, `UNSUPPORTED` outside Windows
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const event = () => win32event.CreateEvent(null, true, false, null)
 * const [first, second] = [event(), event()]
 * setTimeout(() => win32event.SetEvent(second), 10)
 * console.log(await win32event.WaitForMultipleObjectsAsync([first, second], false, 5000)) // 1
 * ```
 */
export async function WaitForMultipleObjectsAsync(
  handleList: readonly HandleLike[],
  bWaitAll: Flag,
  milliseconds: number,
  options?: WaitOptions,
): Promise<number> {
  checkWait('WaitForMultipleObjects', options)
  const timeout = dword('milliseconds', milliseconds)
  const attempt = () => WaitForMultipleObjects(handleList, bWaitAll, 0)
  const now = attempt()
  if (now !== WAIT_TIMEOUT || timeout === 0) return now
  return poll('WaitForMultipleObjects', options, patience(timeout), attempt, WAIT_TIMEOUT)
}
