import { INVALID_HANDLE_VALUE, kernel32 } from '../native/win32/index.ts'
import { bool, dword, handleNumber, optionalHandle, securityBytes, wide } from './arguments.ts'
import type { Flag } from './arguments.ts'
import { check, lastError } from './failure.ts'
import { owned, PyHANDLE } from './handle.ts'
import type { HandleLike } from './handle.ts'
import type { PySECURITY_ATTRIBUTES } from './security-attributes.ts'

/**
 * Opens or creates a port, file, pipe, console or directory.
 *
 * @param fileName - `COM3`; from COM10 on with the prefix `\\.\`, which works for all
 * @param desiredAccess - `GENERIC_READ | GENERIC_WRITE`
 * @param shareMode - 0: nobody else can open it meanwhile; ports know no other
 * @param attributes - null, or `pywintypes.SECURITY_ATTRIBUTES()`
 * @param creationDisposition - `OPEN_EXISTING` for a port
 * @param flagsAndAttributes - `FILE_FLAG_OVERLAPPED` for operations that do not block
 * @param hTemplateFile - null
 * @throws `pywintypes.error` 2 for what there is not, 5 for a port in use, 32 for a file in use; `SerialError`
 * `INVALID_OPTION`, `UNSUPPORTED` outside Windows
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const hComPort = win32file.CreateFile(
 *   'COM3',
 *   win32con.GENERIC_READ | win32con.GENERIC_WRITE,
 *   0, // exclusive access
 *   null, // no security
 *   win32con.OPEN_EXISTING,
 *   win32con.FILE_ATTRIBUTE_NORMAL | win32con.FILE_FLAG_OVERLAPPED,
 *   null,
 * )
 * hComPort.Close()
 * ```
 */
export function CreateFile(
  fileName: string,
  desiredAccess: number,
  shareMode: number,
  attributes: PySECURITY_ATTRIBUTES | null,
  creationDisposition: number,
  flagsAndAttributes: number,
  hTemplateFile: HandleLike | null = null,
): PyHANDLE {
  const handle = kernel32.CreateFileW(
    wide('fileName', fileName),
    dword('desiredAccess', desiredAccess),
    dword('shareMode', shareMode),
    securityBytes('attributes', attributes),
    dword('creationDisposition', creationDisposition),
    dword('flagsAndAttributes', flagsAndAttributes),
    optionalHandle('hTemplateFile', hTemplateFile),
  )
  return owned(handle, 'CreateFile')
}

/**
 * Closes a handle: an object once, a bare number as often as it is asked.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.CloseHandle(port) // the same as port.Close()
 * ```
 */
export function CloseHandle(handle: HandleLike): void {
  if (handle instanceof PyHANDLE) handle.Close()
  else check(kernel32.CloseHandle(handleNumber('handle', handle)), 'CloseHandle')
}

/**
 * What kind of thing a handle is: `FILE_TYPE_CHAR` for most ports. Some drivers say `FILE_TYPE_DISK`, so nothing can be
 * concluded from it.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * if (win32file.GetFileType(port) === win32con.FILE_TYPE_CHAR) console.log('a port, or a console')
 * ```
 */
export function GetFileType(hFile: HandleLike): number {
  const type = kernel32.GetFileType(handleNumber('hFile', hFile))
  if (type !== 0) return type
  const failed = lastError('GetFileType')
  if (failed.winerror !== 0) throw failed
  return type
}

/**
 * Waits, blocking, until all that was written has left.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const access = win32con.GENERIC_READ | win32con.GENERIC_WRITE
 * const port = win32file.CreateFile('COM3', access, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.WriteFile(port, 'ping')
 * win32file.FlushFileBuffers(port)
 * port.Close() // the last bit has left
 * ```
 */
export function FlushFileBuffers(hFile: HandleLike): void {
  check(kernel32.FlushFileBuffers(handleNumber('hFile', hFile)), 'FlushFileBuffers')
}

/**
 * Something to wait for: signalled when a directory changes. To be closed with {@link FindCloseChangeNotification}.
 *
 * @param notifyFilter - `FILE_NOTIFY_CHANGE_FILE_NAME` and others, or-ed
 * @returns the number of a handle
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32event, win32file } from 'baud/win32'
 *
 * const names = win32con.FILE_NOTIFY_CHANGE_FILE_NAME
 * const change = win32file.FindFirstChangeNotification('C:\\', false, names)
 * console.log(win32event.WaitForSingleObject(change, 0) === win32event.WAIT_TIMEOUT) // true
 * win32file.FindCloseChangeNotification(change)
 * ```
 */
export function FindFirstChangeNotification(
  pathName: string,
  bWatchSubtree: Flag,
  notifyFilter: number,
): number {
  const handle = kernel32.FindFirstChangeNotificationW(
    wide('pathName', pathName),
    bool(bWatchSubtree),
    dword('notifyFilter', notifyFilter),
  )
  if (handle === INVALID_HANDLE_VALUE) throw lastError('FindFirstChangeNotification')
  return handle
}

/**
 * Gets ready for the next change.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const names = win32con.FILE_NOTIFY_CHANGE_FILE_NAME
 * const change = win32file.FindFirstChangeNotification('C:\\', false, names)
 * win32file.FindNextChangeNotification(change) // after each change that was waited for
 * win32file.FindCloseChangeNotification(change)
 * ```
 */
export function FindNextChangeNotification(hChange: HandleLike): void {
  check(kernel32.FindNextChangeNotification(handleNumber('hChange', hChange)), 'FindNextChangeNotification')
}

/**
 * Ends the watching.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const names = win32con.FILE_NOTIFY_CHANGE_FILE_NAME
 * const change = win32file.FindFirstChangeNotification('C:\\', false, names)
 * win32file.FindCloseChangeNotification(change)
 * ```
 */
export function FindCloseChangeNotification(hChange: HandleLike): void {
  check(kernel32.FindCloseChangeNotification(handleNumber('hChange', hChange)), 'FindCloseChangeNotification')
}
