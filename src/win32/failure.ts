import { formatMessage, kernel32 } from '../native/win32/index.ts'

/**
 * What a failed call throws: `pywintypes.error`.
 *
 * @example
 * ```ts
 * import { pywintypes, win32con, win32file } from 'baud/win32'
 *
 * try {
 *   win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * } catch (e) {
 *   if (!(e instanceof pywintypes.error)) throw e
 *   console.log(e.winerror, e.funcname, e.strerror)
 * }
 * ```
 */
export class error extends Error {
  override readonly name: string = 'pywintypes.error'
  /** The number that `GetLastError` gave; `winerror` has their names. */
  readonly winerror: number
  /** The Win32 function that failed. */
  readonly funcname: string
  /** The system's text for the number, in the user's language. */
  readonly strerror: string

  constructor(winerror: number, funcname: string, strerror: string) {
    super(`${funcname}: ${strerror} (${winerror})`)
    this.winerror = winerror
    this.funcname = funcname
    this.strerror = strerror
  }

  /** The three facts in Python's order. */
  get args(): [winerror: number, funcname: string, strerror: string] {
    return [this.winerror, this.funcname, this.strerror]
  }
}

/** The error for a call that gave this number. */
export function failure(winerror: number, funcname: string): error {
  return new error(winerror, funcname, formatMessage(winerror))
}

/** The error for the call before: to be asked for right after it, while the system still knows. */
export function lastError(funcname: string): error {
  return failure(kernel32.GetLastError(), funcname)
}

/** Throws what made a call return FALSE. */
export function check(result: number, funcname: string): void {
  if (result === 0) throw lastError(funcname)
}
