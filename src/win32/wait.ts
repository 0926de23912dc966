import { changedKind, kernel32, whenSignalledWhoeverCloses } from '../native/win32/index.ts'
import { bool, dword, handleNumber } from './arguments.ts'
import type { Flag } from './arguments.ts'
import type { HandleLike } from './handle.ts'
import { staysSignalled } from './events.ts'
import { checkWait, poll, promiseOf, outcomeOf, patience } from './waiting.ts'
import type { WaitOptions } from './waiting.ts'
import { WAIT_OBJECT_0, WAIT_TIMEOUT } from './win32con.ts'

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
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const event = win32event.CreateEvent(null, true, false, null)
 * if (win32event.WaitForSingleObject(event, 10) === win32event.WAIT_TIMEOUT) console.log('not yet') // not yet
 * ```
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
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const event = win32event.CreateEvent(null, true, true, null)
 * console.log(win32event.WaitForSingleObjectEx(event, 10, true)) // 0
 * ```
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

/**
 * Signals one object and waits for another, in one step.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const ask = win32event.CreateEvent(null, true, false, null)
 * const answer = win32event.CreateEvent(null, true, true, null)
 * console.log(win32event.SignalObjectAndWait(ask, answer, 1000, false)) // 0
 * ```
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
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const ask = win32event.CreateEvent(null, true, false, null)
 * const answer = win32event.CreateEvent(null, true, false, null)
 * setTimeout(() => win32event.SetEvent(answer), 10)
 * console.log(await win32event.SignalObjectAndWaitAsync(ask, answer, 5000)) // 0
 * ```
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
