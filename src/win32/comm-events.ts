import { fixedMemory, kernel32, startOverlapped } from '../native/win32/index.ts'
import { dword, handleNumber, overlappedOf, wordOf } from './arguments.ts'
import { check, failure } from './failure.ts'
import type { HandleLike } from './handle.ts'
import { memoryOf, OVERLAPPED } from './overlapped.ts'
import type { PyOVERLAPPED } from './overlapped.ts'
import { ended, GetOverlappedResult } from './overlapped-result.ts'
import { CreateEvent } from './events.ts'
import { checkWait } from './waiting.ts'
import type { WaitOptions } from './waiting.ts'
import { INFINITE } from './win32con.ts'
import { ERROR_IO_PENDING } from './winerror.ts'

/**
 * The events that {@link WaitCommEvent} waits for, `EV_*` or-ed.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.SetCommMask(port, win32con.EV_RXCHAR)
 * console.log(win32file.GetCommMask(port) === win32con.EV_RXCHAR)
 * port.Close()
 * ```
 */
export function GetCommMask(handle: HandleLike): number {
  const mask = fixedMemory(4)
  check(kernel32.GetCommMask(handleNumber('handle', handle), mask), 'GetCommMask')
  return wordOf(mask)
}

/**
 * Chooses the events that {@link WaitCommEvent} waits for; a wait under way ends with none.
 *
 * @param mask - `EV_*` or-ed, 0 for none
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.SetCommMask(port, win32con.EV_RXCHAR | win32con.EV_CTS)
 * port.Close()
 * ```
 */
export function SetCommMask(handle: HandleLike, mask: number): void {
  check(kernel32.SetCommMask(handleNumber('handle', handle), dword('mask', mask)), 'SetCommMask')
}

/**
 * Waits for one of the chosen events. Without an OVERLAPPED it blocks and returns `[0, events]`. With one it returns
 * `[997, 0]`, and once the operation has ended the events are in `overlapped.dword`.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.SetCommMask(port, win32con.EV_RING)
 * win32file.WaitCommEvent(port) // blocks until it rings
 * port.Close()
 * ```
 */
export function WaitCommEvent(
  handle: HandleLike,
  overlapped: PyOVERLAPPED | null = null,
): [rc: number, mask: number] {
  const number = handleNumber('handle', handle)
  if (overlapped === null) {
    const mask = fixedMemory(4)
    check(kernel32.WaitCommEvent(number, mask, null), 'WaitCommEvent')
    return [0, wordOf(mask)]
  }
  const memory = memoryOf(overlappedOf('overlapped', overlapped))
  const rc = startOverlapped(memory, overlapped, (bytes) =>
    kernel32.WaitCommEvent(number, memory.dwordBytes, bytes),
  )
  if (rc === 0) return [rc, memory.dword]
  if (rc === ERROR_IO_PENDING) return [rc, 0]
  throw failure(rc, 'WaitCommEvent')
}

/**
 * {@link WaitCommEvent} while the event loop runs on. Aborting ends the operation too.
 *
 * @param handle - a port that was opened with `FILE_FLAG_OVERLAPPED`
 * @returns the events, `EV_*` or-ed; 0 when the mask was changed meanwhile
 * @throws `pywintypes.error` 995 when the operation was cancelled or the port closed; `SerialError` `ABORTED`,
 * `INVALID_OPTION`, `UNSUPPORTED` outside Windows
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const flags = win32con.FILE_FLAG_OVERLAPPED
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, flags, null)
 * win32file.SetCommMask(port, win32con.EV_CTS | win32con.EV_DSR)
 * const events = await win32file.WaitCommEventAsync(port, { signal: AbortSignal.timeout(5000) })
 * if ((events & win32con.EV_CTS) !== 0) console.log('CTS has changed')
 * port.Close()
 * ```
 */
export async function WaitCommEventAsync(handle: HandleLike, options?: WaitOptions): Promise<number> {
  checkWait('WaitCommEvent', options)
  const overlapped = OVERLAPPED()
  overlapped.hEvent = CreateEvent(null, true, false, null)
  const [rc, events] = WaitCommEvent(handle, overlapped)
  if (rc === 0) return events
  try {
    await ended('WaitCommEvent', handle, overlapped, INFINITE, options)
  } catch (reason) {
    const memory = memoryOf(overlapped)
    kernel32.CancelIoEx(handleNumber('handle', handle), memory.bytes)
    await ended('WaitCommEvent', handle, overlapped, 1000, undefined)
    // It may have ended at the moment of the abort, and then the events count: nobody else will be told of them.
    if (memory.pending || memory.dword === 0) throw reason
  }
  GetOverlappedResult(handle, overlapped, false)
  return overlapped.dword
}
