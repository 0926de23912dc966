/**
 * What went wrong, in a form a program can act on. The codes are part of the public interface and
 * never change their meaning; see `docs/errors.md` for what to do about each.
 *
 * | code | meaning |
 * | --- | --- |
 * | `PORT_NOT_FOUND` | there is no such device |
 * | `ACCESS_DENIED` | it exists, but this user may not open it |
 * | `PORT_BUSY` | somebody (perhaps this process) holds it |
 * | `NOT_A_SERIAL_PORT` | the path names something else: a file, a directory, another kind of device |
 * | `DISCONNECTED` | the device, or the other end, is gone |
 * | `TIMEOUT` | the time ran out; nothing was lost |
 * | `ABORTED` | the call's `signal` was aborted, or `purge()` or a cancel took its bytes |
 * | `PORT_NOT_OPEN` | the port was closed, before or during the call |
 * | `INVALID_OPTION` | an argument is out of range; nothing was touched |
 * | `UNSUPPORTED` | this device, driver or system can't do that |
 * | `REMOTE` | the far end of a network port reported a failure |
 * | `IO` | any other failure of the system; see `errno` |
 */
export type SerialErrorCode =
  | 'PORT_NOT_FOUND'
  | 'ACCESS_DENIED'
  | 'PORT_BUSY'
  | 'NOT_A_SERIAL_PORT'
  | 'DISCONNECTED'
  | 'TIMEOUT'
  | 'ABORTED'
  | 'PORT_NOT_OPEN'
  | 'INVALID_OPTION'
  | 'UNSUPPORTED'
  | 'REMOTE'
  | 'IO'

/** The facts that go with a {@link SerialError}; each is present where it is known. */
export interface SerialErrorDetails {
  /** The path or URL of the port. */
  readonly path?: string | undefined
  /** The system call that failed, as its manual page names it: `open`, `ioctl(TCSETS2)`. */
  readonly syscall?: string | undefined
  /** The operating system's error number, positive. */
  readonly errno?: number | undefined
  /** The name of that number: `EACCES`. */
  readonly errnoName?: string | undefined
  /** For writes and exact reads: how many bytes had been transferred when it failed. */
  readonly bytesTransferred?: number | undefined
  /** The error or abort reason behind this one. */
  readonly cause?: unknown
}

/** A token in a URL is nobody's business who reads a message: `?token=…`. */
export function withoutToken(text: string): string {
  return text.replaceAll(/([?&]token=)[^&\s'"]+?(?=:?(?:[&\s'"]|$))/gi, '$1…')
}

/**
 * The one kind of error that baud raises. A token that stands in the URL of the port is left out of it.
 *
 * @example
 * ```ts
 * import { open, SerialError } from 'baud'
 *
 * try {
 *   await open('/dev/there-is-no-such-port')
 * } catch (error) {
 *   if (error instanceof SerialError && error.code === 'PORT_NOT_FOUND') console.log(error.errnoName) // ENOENT
 *   else throw error
 * }
 * ```
 */
export class SerialError extends Error {
  override readonly name = 'SerialError'
  /** What went wrong; stable, for programs. */
  readonly code: SerialErrorCode
  /** The path or URL of the port. */
  readonly path: string | undefined
  /** The system call that failed. */
  readonly syscall: string | undefined
  /** The operating system's error number, positive. */
  readonly errno: number | undefined
  /** The name of that number, such as `EACCES`. */
  readonly errnoName: string | undefined
  /** For writes and exact reads: how many bytes had been transferred when it failed. */
  readonly bytesTransferred: number | undefined

  constructor(code: SerialErrorCode, message: string, details: SerialErrorDetails = {}) {
    super(withoutToken(message), 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.path = details.path && withoutToken(details.path)
    this.syscall = details.syscall
    this.errno = details.errno
    this.errnoName = details.errnoName
    this.bytesTransferred = details.bytesTransferred
  }
}
