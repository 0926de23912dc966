import { fixedMemory, kernel32, whenSignalledWhoeverCloses } from '../native/win32/index.ts'
import { invalid } from '../validate.ts'
import { bool, dword, handleNumber, overlappedOf } from './arguments.ts'
import type { Flag } from './arguments.ts'
import { check, failure } from './failure.ts'
import type { HandleLike } from './handle.ts'
import { memoryOf } from './overlapped.ts'
import type { PyOVERLAPPED } from './overlapped.ts'
import { promiseOf } from './waiting.ts'
import type { WaitOptions } from './waiting.ts'
import { INFINITE, WAIT_TIMEOUT } from './win32con.ts'

/** The DWORD that a call fills in. */
const out = new Uint32Array(fixedMemory(4).buffer)
const outBytes = new Uint8Array(out.buffer)

const filledIn = (): number => out[0] ?? 0

/**
 * How many bytes the operation transferred: the only number to trust.
 *
 * @param bWait - wait, blocking, until it has ended
 * @throws `pywintypes.error` 996 when it has not ended, 995 when it was cancelled, 38 at the end of a file
 *
 * @example
 * ```ts
 * import { win32con, win32event, win32file } from 'baud/win32'
 *
 * const flags = win32con.FILE_FLAG_OVERLAPPED
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, flags, null)
 * const overlapped = win32file.OVERLAPPED()
 * overlapped.hEvent = win32event.CreateEvent(null, true, false, null)
 * const [, buffer] = win32file.ReadFile(port, 8, overlapped)
 * console.log(buffer.subarray(0, win32file.GetOverlappedResult(port, overlapped, true)))
 * port.Close()
 * ```
 */
export function GetOverlappedResult(hFile: HandleLike, overlapped: PyOVERLAPPED, bWait: Flag): number {
  const { bytes } = memoryOf(overlappedOf('overlapped', overlapped))
  const handle = handleNumber('hFile', hFile)
  check(kernel32.GetOverlappedResult(handle, bytes, outBytes, bool(bWait)), 'GetOverlappedResult')
  return filledIn()
}

/**
 * The same, waiting for a time.
 *
 * @param milliseconds - `INFINITE` for ever
 * @param bAlertable - end also when an APC was run for this thread
 * @throws `pywintypes.error` 258 when the time is up, 996 with 0 ms, 995, 38
 *
 * @example
 * ```ts
 * import { win32con, win32event, win32file } from 'baud/win32'
 *
 * const flags = win32con.FILE_FLAG_OVERLAPPED
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, flags, null)
 * const overlapped = win32file.OVERLAPPED()
 * overlapped.hEvent = win32event.CreateEvent(null, true, false, null)
 * const [, buffer] = win32file.ReadFile(port, 8, overlapped)
 * const n = win32file.GetOverlappedResultEx(port, overlapped, 500, false)
 * console.log(buffer.subarray(0, n))
 * port.Close()
 * ```
 */
export function GetOverlappedResultEx(
  hFile: HandleLike,
  overlapped: PyOVERLAPPED,
  milliseconds: number,
  bAlertable: Flag,
): number {
  const { bytes } = memoryOf(overlappedOf('overlapped', overlapped))
  const handle = handleNumber('hFile', hFile)
  const wait = dword('milliseconds', milliseconds)
  const ok = kernel32.GetOverlappedResultEx(handle, bytes, outBytes, wait, bool(bAlertable))
  check(ok, 'GetOverlappedResultEx')
  return filledIn()
}

/**
 * The same, while the event loop runs on. Aborting ends the waiting, not the operation: for that there is
 * `CancelIoEx`.
 *
 * @param overlapped - with an event
 * @throws `pywintypes.error` 995 when the operation was cancelled, 38 at the end of a file; `SerialError` `ABORTED`,
 * `INVALID_OPTION`, `UNSUPPORTED` outside Windows
 *
 * @example
 * ```ts
 * import { win32con, win32event, win32file } from 'baud/win32'
 *
 * const flags = win32con.FILE_FLAG_OVERLAPPED
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, flags, null)
 * const overlapped = win32file.OVERLAPPED()
 * overlapped.hEvent = win32event.CreateEvent(null, 1, 0, null)
 * const [, buf] = win32file.ReadFile(port, 8, overlapped)
 * const n = await win32file.GetOverlappedResultAsync(port, overlapped, { signal: AbortSignal.timeout(500) })
 * console.log(buf.subarray(0, n))
 * ```
 */
export async function GetOverlappedResultAsync(
  hFile: HandleLike,
  overlapped: PyOVERLAPPED,
  options?: WaitOptions,
): Promise<number> {
  await ended('GetOverlappedResult', hFile, overlapped, INFINITE, options)
  return GetOverlappedResult(hFile, overlapped, false)
}

/**
 * The same, waiting for a time. It has no `bAlertable`: no thread waits.
 *
 * @param milliseconds - `INFINITE` for ever
 * @throws `pywintypes.error` 258 when the time is up, 996 with 0 ms, 995, 38; `SerialError` `ABORTED`, `INVALID_OPTION`,
 * `UNSUPPORTED` outside Windows
 *
 * @example
 * ```ts
 * import { win32con, win32event, win32file } from 'baud/win32'
 *
 * const flags = win32con.FILE_FLAG_OVERLAPPED
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, flags, null)
 * const overlapped = win32file.OVERLAPPED()
 * overlapped.hEvent = win32event.CreateEvent(null, true, false, null)
 * const [, buffer] = win32file.ReadFile(port, 8, overlapped)
 * const n = await win32file.GetOverlappedResultExAsync(port, overlapped, 500)
 * console.log(buffer.subarray(0, n))
 * port.Close()
 * ```
 */
export async function GetOverlappedResultExAsync(
  hFile: HandleLike,
  overlapped: PyOVERLAPPED,
  milliseconds: number,
  options?: WaitOptions,
): Promise<number> {
  const timeout = dword('milliseconds', milliseconds)
  const inTime = timeout === 0 || (await ended('GetOverlappedResultEx', hFile, overlapped, timeout, options))
  if (!inTime) throw failure(WAIT_TIMEOUT, 'GetOverlappedResultEx')
  return GetOverlappedResultEx(hFile, overlapped, 0, false)
}

/** Waits for the end of an operation; false when the time was up first. */
export async function ended(
  what: string,
  hFile: HandleLike,
  overlapped: PyOVERLAPPED,
  timeout: number,
  options: WaitOptions | undefined,
): Promise<boolean> {
  const memory = memoryOf(overlappedOf('overlapped', overlapped))
  handleNumber('hFile', hFile)
  if (!memory.pending) return true
  const event = handleNumber('overlapped.hEvent', overlapped.hEvent)
  if (event === 0)
    throw invalid('overlapped.hEvent', overlapped.hEvent, 'an event: there is nothing to wait for')
  const signalled = promiseOf<void>(what, options, (resolve) =>
    whenSignalledWhoeverCloses(event, timeout, { hFile, overlapped }, () => resolve()),
  )
  await signalled.catch((error: unknown) => {
    // Ended at the moment of the abort, and the event may have been taken: then the result counts.
    if (memory.pending) throw error
  })
  return !memory.pending
}
