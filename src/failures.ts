import { SerialError } from './errors.ts'

/** The failures that no system reports: time, cancellation, closing, and what a kind of port does not have. */

export function timedOut(
  path: string,
  what: string,
  timeout: number,
  bytesTransferred?: number,
): SerialError {
  const progress = bytesTransferred === undefined ? '' : ` after ${bytesTransferred} bytes`
  const message = `${path}: ${what} was not done within ${Math.round(timeout)} ms${progress}`
  return new SerialError('TIMEOUT', message, { path, bytesTransferred })
}

export function aborted(path: string, what: string, cause: unknown, bytesTransferred?: number): SerialError {
  return new SerialError('ABORTED', `${path}: ${what} was aborted`, { path, bytesTransferred, cause })
}

export function purged(path: string, bytesTransferred: number | undefined): SerialError {
  return new SerialError('ABORTED', `${path}: the bytes were purged before they were sent`, {
    path,
    bytesTransferred,
  })
}

export function notOpen(path: string, bytesTransferred?: number): SerialError {
  return new SerialError('PORT_NOT_OPEN', `${path}: the port is closed; open() it anew`, {
    path,
    bytesTransferred,
  })
}

export function changedData(path: string, bytesTransferred: number): SerialError {
  const message = `${path}: the data was resized or transferred while it was being written`
  return new SerialError('INVALID_OPTION', message, { path, bytesTransferred })
}

/** The same failure for one more call: each call gets an error of its own. */
export function repeated(error: SerialError, bytesTransferred?: number): SerialError {
  const { code, errno, errnoName, message, path, syscall } = error
  return new SerialError(code, message, { path, syscall, errno, errnoName, bytesTransferred, cause: error })
}

/** A transport of the user's threw something of its own. */
export function failed(path: string, cause: unknown): SerialError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new SerialError('IO', `${path}: the transport failed: ${why}`, { path, cause })
}

export function countsNothing(path: string): SerialError {
  return new SerialError('UNSUPPORTED', `${path}: nothing is counted for ports of this kind`, { path })
}

/** What was thrown, as a rejection. */
export function rejection(error: unknown): Promise<never> {
  return Promise.reject(error instanceof Error ? error : new Error(String(error)))
}

/** What this kind of port can't do. */
export function unsupported(path: string, why: string): SerialError {
  return new SerialError('UNSUPPORTED', `${path}: ${why}`, { path })
}
