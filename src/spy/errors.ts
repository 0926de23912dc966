import { SerialError } from '../errors.ts'

/** The log could not be opened; the port was not touched. */
export function logError(url: string, file: string, error: NodeJS.ErrnoException): SerialError {
  const { code: errnoName = 'EIO', errno = 0 } = error
  const hint = errnoName === 'ENXIO' ? 'nobody reads there' : 'is this its right name?'
  const message = `${url}: the log ${file} can not be written; ${hint} (open: ${errnoName})`
  const details = { path: url, syscall: 'open', errno: Math.abs(errno), errnoName, cause: error }
  return new SerialError('IO', message, details)
}

/** The port goes on whatever happens to its log, so nobody but the person who reads warnings hears of it. */
export function warn(url: string, what: string): void {
  process.emitWarning(`${url}: ${what}`, 'SpyWarning')
}
