import { SerialError } from '../../errors.ts'
import type { SerialErrorCode } from '../../errors.ts'

/** A failed call: its name, and the system's number. */
export interface Failure {
  readonly syscall: string
  readonly errno: number
  readonly errnoName: string
}

const whileOpening: Readonly<Record<string, SerialErrorCode>> = {
  ENOENT: 'PORT_NOT_FOUND',
  ENOTDIR: 'PORT_NOT_FOUND',
  ELOOP: 'PORT_NOT_FOUND',
  ENXIO: 'PORT_NOT_FOUND',
  ENODEV: 'PORT_NOT_FOUND',
  EACCES: 'ACCESS_DENIED',
  EPERM: 'ACCESS_DENIED',
  EBUSY: 'PORT_BUSY',
  EAGAIN: 'PORT_BUSY',
  EISDIR: 'NOT_A_SERIAL_PORT',
  ENOTTY: 'NOT_A_SERIAL_PORT',
  ENAMETOOLONG: 'INVALID_OPTION',
  // The device is there and is a terminal, but takes no such settings.
  EINVAL: 'UNSUPPORTED',
  EOPNOTSUPP: 'UNSUPPORTED',
  ENOTSUP: 'UNSUPPORTED',
  // Drivers answer so for a device that was just unplugged, and for a port node without hardware behind it.
  EIO: 'DISCONNECTED',
}

const whileOpen: Readonly<Record<string, SerialErrorCode>> = {
  EIO: 'DISCONNECTED',
  ENXIO: 'DISCONNECTED',
  ENODEV: 'DISCONNECTED',
  ESHUTDOWN: 'DISCONNECTED',
  EPROTO: 'DISCONNECTED',
  ENOTTY: 'UNSUPPORTED',
  EINVAL: 'UNSUPPORTED',
  EOPNOTSUPP: 'UNSUPPORTED',
  ENOTSUP: 'UNSUPPORTED',
  ENOSYS: 'UNSUPPORTED',
}

const messages: Partial<Readonly<Record<SerialErrorCode, string>>> = {
  PORT_NOT_FOUND: 'there is no such device; `baud list` shows the ports there are',
  ACCESS_DENIED: 'this user may not open it',
  PORT_BUSY: 'somebody else has it open for exclusive use',
  NOT_A_SERIAL_PORT: 'this is not a serial port',
  DISCONNECTED: 'no device answers here: it was unplugged, or the port has no hardware behind it',
  UNSUPPORTED: 'the driver of this port can not do that',
}

/** The error for a call that failed while a port was being opened. */
export function openError(path: string, failure: Failure, hint?: string, cause?: unknown): SerialError {
  return build(whileOpening[failure.errnoName] ?? 'IO', path, failure, hint, cause)
}

/** The error for a call that failed on an open port. */
export function useError(path: string, failure: Failure, bytesTransferred?: number): SerialError {
  return build(whileOpen[failure.errnoName] ?? 'IO', path, failure, undefined, undefined, bytesTransferred)
}

/** The error for a port whose other end hung up: a read of 0 bytes has no number. */
export function hangUp(path: string): SerialError {
  return new SerialError('DISCONNECTED', `${path}: the device is gone (hang-up)`, { path, syscall: 'read' })
}

function build(
  code: SerialErrorCode,
  path: string,
  failure: Failure,
  hint?: string,
  cause?: unknown,
  bytesTransferred?: number,
): SerialError {
  const text = hint ?? messages[code] ?? 'the system refused'
  const details = { path, ...failure, bytesTransferred, ...(cause === undefined ? {} : { cause }) }
  return new SerialError(code, `${path}: ${text} (${failure.syscall}: ${failure.errnoName})`, details)
}
