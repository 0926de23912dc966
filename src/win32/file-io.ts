import { fixedMemory, kernel32, startOverlapped } from '../native/win32/index.ts'
import { count, handleNumber, overlappedOf, ownBytes, readBuffer } from './arguments.ts'
import { check, failure, lastError } from './failure.ts'
import type { HandleLike } from './handle.ts'
import { memoryOf } from './overlapped.ts'
import type { PyOVERLAPPED } from './overlapped.ts'
import { ERROR_IO_PENDING, ERROR_MORE_DATA } from './winerror.ts'

/** A DWORD that a call fills in. */
const out = new Uint32Array(1)
const outBytes = new Uint8Array(out.buffer)

const filledIn = (): number => out[0] ?? 0

/**
 * Memory to read into, zeroed. It is ordinary memory: freed when nobody refers to it any more, and not before the
 * operation that reads into it has ended.
 *
 * @param bufSize - bytes
 * @throws `SerialError` `INVALID_OPTION`
 *
 * @example
 * ```ts
 * import { win32file } from 'baud/win32'
 *
 * console.log(win32file.AllocateReadBuffer(4)) // <Buffer 00 00 00 00>
 * ```
 */
export function AllocateReadBuffer(bufSize: number): Buffer {
  return Buffer.from(fixedMemory(count('bufSize', bufSize)).buffer)
}

/**
 * Reads, for at most as long as the port's time-outs say.
 *
 * Without an OVERLAPPED it blocks and returns the bytes read. With one it returns at once: `[0, buffer]` when the
 * operation has ended already, `[997, buffer]` when it is under way, and how much of the buffer is valid only
 * `GetOverlappedResult` can say.
 *
 * @param hFile - the port or file
 * @param bufSize - how many bytes at most, or the buffer to read into; with an OVERLAPPED it must not be detached before
 * the operation has ended
 * @returns `[0, ERROR_MORE_DATA or ERROR_IO_PENDING, the bytes]`
 * @throws `pywintypes.error`; `SerialError` `INVALID_OPTION`, `UNSUPPORTED` outside Windows
 *
 * @example
 * ```ts
 * import { win32con, win32event, win32file } from 'baud/win32'
 *
 * const access = win32con.GENERIC_READ | win32con.GENERIC_WRITE
 * const flags = win32con.FILE_FLAG_OVERLAPPED
 * const hComPort = win32file.CreateFile('COM3', access, 0, null, win32con.OPEN_EXISTING, flags, null)
 * const overlapped = win32file.OVERLAPPED()
 * overlapped.hEvent = win32event.CreateEvent(null, 1, 0, null)
 * const [, buf] = win32file.ReadFile(hComPort, win32file.AllocateReadBuffer(8), overlapped)
 * const n = win32file.GetOverlappedResult(hComPort, overlapped, true)
 * console.log(buf.subarray(0, n))
 * ```
 */
export function ReadFile(
  hFile: HandleLike,
  bufSize: number,
  overlapped?: PyOVERLAPPED | null,
): [rc: number, data: Buffer]
export function ReadFile<B extends Uint8Array>(
  hFile: HandleLike,
  buffer: B,
  overlapped?: PyOVERLAPPED | null,
): [rc: number, data: B]
export function ReadFile(
  hFile: HandleLike,
  bufSize: number | Uint8Array,
  overlapped: PyOVERLAPPED | null = null,
): [rc: number, data: Uint8Array] {
  const handle = handleNumber('hFile', hFile)
  const buffer = typeof bufSize === 'number' ? AllocateReadBuffer(bufSize) : readBuffer('bufSize', bufSize)
  if (overlapped !== null) return [startRead(handle, buffer, overlapped), buffer]
  const ok = kernel32.ReadFile(handle, buffer, buffer.byteLength, outBytes, null)
  const rc = ok === 0 ? kernel32.GetLastError() : 0
  if (rc !== 0 && rc !== ERROR_MORE_DATA) throw failure(rc, 'ReadFile')
  return [rc, buffer.subarray(0, filledIn())]
}

function startRead(handle: number, buffer: Uint8Array, overlapped: PyOVERLAPPED): number {
  const memory = memoryOf(overlappedOf('overlapped', overlapped))
  // The count is left out: it would be that of another moment.
  const rc = startOverlapped(memory, { buffer, overlapped }, (bytes) =>
    kernel32.ReadFile(handle, buffer, buffer.byteLength, null, bytes),
  )
  if (rc === 0 || rc === ERROR_IO_PENDING || rc === ERROR_MORE_DATA) return rc
  throw failure(rc, 'ReadFile')
}

/**
 * Writes. Without an OVERLAPPED it blocks and returns how many bytes were taken; with one it returns at once: `[0, n]`
 * when it has ended already, or `[997, 0]`. The data is copied before it returns.
 *
 * @param data - bytes, or text that is sent as UTF-8
 * @returns `[0 or ERROR_IO_PENDING, the number of bytes]`
 * @throws `pywintypes.error`; `SerialError` `INVALID_OPTION`, `UNSUPPORTED` outside Windows
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const access = win32con.GENERIC_READ | win32con.GENERIC_WRITE
 * const port = win32file.CreateFile('COM3', access, 0, null, win32con.OPEN_EXISTING, 0, null)
 * const [rc, n] = win32file.WriteFile(port, '*IDN?\n')
 * console.log(rc, n)
 * port.Close()
 * ```
 */
export function WriteFile(
  hFile: HandleLike,
  data: string | Uint8Array,
  overlapped: PyOVERLAPPED | null = null,
): [rc: number, nBytesWritten: number] {
  const handle = handleNumber('hFile', hFile)
  const bytes = ownBytes('data', data)
  if (overlapped !== null) return startWrite(handle, bytes, overlapped)
  check(kernel32.WriteFile(handle, bytes, bytes.byteLength, outBytes, null), 'WriteFile')
  return [0, filledIn()]
}

function startWrite(handle: number, data: Uint8Array, overlapped: PyOVERLAPPED): [number, number] {
  const memory = memoryOf(overlappedOf('overlapped', overlapped))
  const rc = startOverlapped(memory, { data, overlapped }, (bytes) =>
    kernel32.WriteFile(handle, data, data.byteLength, null, bytes),
  )
  if (rc === 0) return [rc, memory.InternalHigh]
  if (rc === ERROR_IO_PENDING) return [rc, 0]
  throw failure(rc, 'WriteFile')
}

/**
 * Cancels what this thread has under way on the handle. What was under way ends with error 995.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32event, win32file } from 'baud/win32'
 *
 * const flags = win32con.FILE_FLAG_OVERLAPPED
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, flags, null)
 * const overlapped = win32file.OVERLAPPED()
 * overlapped.hEvent = win32event.CreateEvent(null, true, false, null)
 * win32file.ReadFile(port, 8, overlapped)
 * win32file.CancelIo(port)
 * port.Close()
 * ```
 */
export function CancelIo(hFile: HandleLike): void {
  check(kernel32.CancelIo(handleNumber('hFile', hFile)), 'CancelIo')
}

/**
 * Cancels one operation, or with null all that the process has under way on the handle. What was under way ends with
 * error 995, or has just ended otherwise: reap it either way.
 * @throws `pywintypes.error` 1168 when there was nothing to cancel
 *
 * @example
 * ```ts
 * import { win32con, win32event, win32file } from 'baud/win32'
 *
 * const flags = win32con.FILE_FLAG_OVERLAPPED
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, flags, null)
 * const overlapped = win32file.OVERLAPPED()
 * overlapped.hEvent = win32event.CreateEvent(null, true, false, null)
 * win32file.ReadFile(port, 8, overlapped)
 * win32file.CancelIoEx(port, overlapped)
 * port.Close()
 * ```
 */
export function CancelIoEx(hFile: HandleLike, overlapped: PyOVERLAPPED | null = null): void {
  const bytes = overlapped === null ? null : memoryOf(overlappedOf('overlapped', overlapped)).bytes
  if (kernel32.CancelIoEx(handleNumber('hFile', hFile), bytes) === 0) throw lastError('CancelIoEx')
}
