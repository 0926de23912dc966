import { changedKind, kernel32, whenSignalledWhoeverCloses } from '../native/win32/index.ts'
import { invalid } from '../validate.ts'
import { bool, dword, handleNumber } from './arguments.ts'
import type { Flag } from './arguments.ts'
import { lastError } from './failure.ts'
import type { HandleLike } from './handle.ts'
import { staysSignalled } from './synchronization.ts'
import { checkWait, poll, promiseOf } from './waiting.ts'
import type { WaitOptions } from './waiting.ts'
import { INFINITE, MAXIMUM_WAIT_OBJECTS, WAIT_FAILED, WAIT_OBJECT_0, WAIT_TIMEOUT } from './win32con.ts'

function outcomeOf(result: number, funcname: string): number {
  if (result === WAIT_FAILED) throw lastError(funcname)
  return result
}

/**
 * Waits until the object is signalled or the time is up. The calling thread stands still meanwhile, event loop and all;
 * {@link WaitForSingleObjectAsync} lets it run on. The wait changes what it waited for: an auto-reset event is reset, a
 * semaphore counts down, a mutex is owned.
 *
 * @param hHandle - an event, mutex, semaphore, timer, process, thread, change notification, console input or memory
 * notification
 * @param milliseconds - 0: only look; `INFINITE`: for ever
 * @returns `WAIT_OBJECT_0`, `WAIT_TIMEOUT`, or `WAIT_ABANDONED` for a mutex whose owner has died
 * @throws `pywintypes.error`; `SerialError` `INVALID_OPTION`, `UNSUPPORTED` outside Windows
 */
export function WaitForSingleObject(hHandle: HandleLike, milliseconds: number): number {
  const result = kernel32.WaitForSingleObject(
    handleNumber('hHandle', hHandle),
    dword('milliseconds', milliseconds),
  )
  return outcomeOf(result, 'WaitForSingleObject')
}

/**
 * The same; with `bAlertable` it also ends, with `WAIT_IO_COMPLETION`, when an APC was run for this thread.
 * @throws `pywintypes.error`
 */
export function WaitForSingleObjectEx(hHandle: HandleLike, milliseconds: number, bAlertable: Flag): number {
  const result = kernel32.WaitForSingleObjectEx(
    handleNumber('hHandle', hHandle),
    dword('milliseconds', milliseconds),
    bool(bAlertable),
  )
  return outcomeOf(result, 'WaitForSingleObjectEx')
}

/**
 * {@link WaitForSingleObject} while the event loop runs on. Nobody's thread stands still: the system's own pool tells when
 * the object is signalled. Some are looked at every few milliseconds instead: a mutex, so that this thread becomes its
 * owner; with a signal also semaphores, timers and events, so that none is taken by a wait that was aborted. (Events that
 * `CreateEvent` made with manual reset and without a name are not changed by waits, and always told of at once.) Closing
 * the handle object ends the wait with error 6.
 *
 * @returns as {@link WaitForSingleObject}
 * @throws `pywintypes.error`; `SerialError` `ABORTED`, `INVALID_OPTION`, `UNSUPPORTED` outside Windows
 *
 * @example
 * ```ts
 * import { win32event, win32file, win32con } from 'baud/win32'
 *
 * const flags = win32con.FILE_FLAG_OVERLAPPED
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, flags, null)
 * const overlapped = win32file.OVERLAPPED()
 * overlapped.hEvent = win32event.CreateEvent(null, 1, 0, null)
 * win32file.ReadFile(port, 8, overlapped)
 * if ((await win32event.WaitForSingleObjectAsync(overlapped.hEvent, 500)) === win32event.WAIT_TIMEOUT) {
 *   win32file.CancelIoEx(port, overlapped)
 * }
 * ```
 */
export async function WaitForSingleObjectAsync(
  hHandle: HandleLike,
  milliseconds: number,
  options?: WaitOptions,
): Promise<number> {
  checkWait('WaitForSingleObject', options)
  const timeout = dword('milliseconds', milliseconds)
  const now = WaitForSingleObject(hHandle, 0)
  if (now !== WAIT_TIMEOUT || timeout === 0) return now
  const handle = handleNumber('hHandle', hHandle)
  if (needsThisThread(hHandle, options)) {
    const attempt = () => WaitForSingleObject(hHandle, 0)
    return poll('WaitForSingleObject', options, patience(timeout), attempt, WAIT_TIMEOUT)
  }
  const start = (resolve: (result: number) => void) =>
    whenSignalledWhoeverCloses(handle, timeout, hHandle, (timedOut) =>
      resolve(timedOut ? WAIT_TIMEOUT : WAIT_OBJECT_0),
    )
  return promiseOf('WaitForSingleObject', options, start, hHandle)
}

/**
 * Whether this thread must look itself: for a mutex always, since its owner is a thread; and where the wait may be
 * aborted for all that it changes, since an abort at the wrong moment would lose the signal that the pool has taken.
 */
function needsThisThread(hHandle: HandleLike, options: WaitOptions | undefined): boolean {
  const kind = changedKind(handleNumber('hHandle', hHandle))
  if (kind === undefined) return false
  return kind === 'Mutant' || (options?.signal !== undefined && !staysSignalled(hHandle))
}

const patience = (timeout: number): number => (timeout === INFINITE ? Infinity : timeout)

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

/**
 * Signals one object and waits for another, in one step.
 * @throws `pywintypes.error`
 */
export function SignalObjectAndWait(
  objectToSignal: HandleLike,
  objectToWaitOn: HandleLike,
  milliseconds: number,
  bAlertable: Flag,
): number {
  const result = kernel32.SignalObjectAndWait(
    handleNumber('objectToSignal', objectToSignal),
    handleNumber('objectToWaitOn', objectToWaitOn),
    dword('milliseconds', milliseconds),
    bool(bAlertable),
  )
  return outcomeOf(result, 'SignalObjectAndWait')
}

/**
 * {@link SignalObjectAndWait} while the event loop runs on; the object is signalled before it returns.
 * @returns as {@link WaitForSingleObject}
 * @throws `pywintypes.error`; `SerialError` `ABORTED`, `INVALID_OPTION`, `UNSUPPORTED` outside Windows
 */
export async function SignalObjectAndWaitAsync(
  objectToSignal: HandleLike,
  objectToWaitOn: HandleLike,
  milliseconds: number,
  options?: WaitOptions,
): Promise<number> {
  checkWait('SignalObjectAndWait', options)
  const timeout = dword('milliseconds', milliseconds)
  const now = SignalObjectAndWait(objectToSignal, objectToWaitOn, 0, false)
  return now === WAIT_TIMEOUT ? WaitForSingleObjectAsync(objectToWaitOn, timeout, options) : now
}
