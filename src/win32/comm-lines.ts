import { fixedMemory, kernel32 } from '../native/win32/index.ts'
import { byte, dword, handleNumber, wordOf } from './arguments.ts'
import { codeOf } from './comm-structures.ts'
import { check } from './failure.ts'
import type { HandleLike } from './handle.ts'

/**
 * The lines that come in: `MS_CTS_ON`, `MS_DSR_ON`, `MS_RING_ON`, `MS_RLSD_ON`, or-ed.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * if ((win32file.GetCommModemStatus(port) & win32con.MS_CTS_ON) !== 0) console.log('clear to send')
 * port.Close()
 * ```
 */
export function GetCommModemStatus(handle: HandleLike): number {
  const status = fixedMemory(4)
  check(kernel32.GetCommModemStatus(handleNumber('handle', handle), status), 'GetCommModemStatus')
  return wordOf(status)
}

/**
 * Does something to a line that goes out.
 *
 * @param func - `SETRTS`, `CLRRTS`, `SETDTR`, `CLRDTR`, `SETBREAK`, `CLRBREAK`, `SETXOFF` or `SETXON`
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.EscapeCommFunction(port, win32con.CLRDTR)
 * port.Close()
 * ```
 */
export function EscapeCommFunction(handle: HandleLike, func: number): void {
  check(
    kernel32.EscapeCommFunction(handleNumber('handle', handle), dword('func', func)),
    'EscapeCommFunction',
  )
}

/**
 * Holds the line in the break condition.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.SetCommBreak(port)
 * setTimeout(() => win32file.ClearCommBreak(port), 250)
 * ```
 */
export function SetCommBreak(handle: HandleLike): void {
  check(kernel32.SetCommBreak(handleNumber('handle', handle)), 'SetCommBreak')
}

/**
 * Ends the break condition.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.SetCommBreak(port)
 * setTimeout(() => win32file.ClearCommBreak(port), 250)
 * ```
 */
export function ClearCommBreak(handle: HandleLike): void {
  check(kernel32.ClearCommBreak(handleNumber('handle', handle)), 'ClearCommBreak')
}

/**
 * Sends one character before all that is queued.
 *
 * @param character - text of one character, or its number
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const access = win32con.GENERIC_READ | win32con.GENERIC_WRITE
 * const port = win32file.CreateFile('COM3', access, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.TransmitCommChar(port, '\x03') // Ctrl-C
 * port.Close()
 * ```
 */
export function TransmitCommChar(handle: HandleLike, character: string | number): void {
  const code = typeof character === 'number' ? byte('character', character) : codeOf('character', character)
  check(kernel32.TransmitCommChar(handleNumber('handle', handle), code), 'TransmitCommChar')
}
