import { SerialError } from '../../errors.ts'
import type { SerialErrorCode } from '../../errors.ts'
import { kernel32 } from './kernel32.ts'
import * as e from './winerror.ts'

/**
 * The name of a number: `ERROR_ACCESS_DENIED`; for one that is not in the table its digits. Of two names for a number the
 * later one. Looked for, and not kept in a map: an import would wait for the map on every system.
 */
export function errorName(number: number): string {
  const [name] = Object.entries(e).findLast(([, value]) => value === number) ?? []
  return name ?? String(number)
}

const IGNORE_INSERTS = 0x200
const FROM_SYSTEM = 0x1000

/**
 * The system's text for a number, in the user's language, without its line end; '' for a number it does not know.
 * Source: Microsoft Learn, "FormatMessageW function (winbase.h)".
 */
export function formatMessage(number: number): string {
  const buffer = Buffer.alloc(2048)
  const flags = FROM_SYSTEM | IGNORE_INSERTS
  const length = kernel32.FormatMessageW(flags, 0, number, 0, buffer, buffer.byteLength / 2, 0)
  return buffer.toString('utf16le', 0, length * 2).trimEnd()
}

const whileOpening: Readonly<Record<number, SerialErrorCode>> = {
  [e.ERROR_FILE_NOT_FOUND]: 'PORT_NOT_FOUND',
  [e.ERROR_PATH_NOT_FOUND]: 'PORT_NOT_FOUND',
  [e.ERROR_INVALID_DRIVE]: 'PORT_NOT_FOUND',
  [e.ERROR_BAD_UNIT]: 'PORT_NOT_FOUND',
  [e.ERROR_BAD_NETPATH]: 'PORT_NOT_FOUND',
  [e.ERROR_DEV_NOT_EXIST]: 'PORT_NOT_FOUND',
  [e.ERROR_INVALID_NAME]: 'PORT_NOT_FOUND',
  [e.ERROR_BAD_PATHNAME]: 'PORT_NOT_FOUND',
  [e.ERROR_NO_SUCH_DEVICE]: 'PORT_NOT_FOUND',
  // A port is opened with share mode 0: for a second opener its driver says 5, and a file system 32.
  [e.ERROR_ACCESS_DENIED]: 'PORT_BUSY',
  [e.ERROR_SHARING_VIOLATION]: 'PORT_BUSY',
  [e.ERROR_LOCK_VIOLATION]: 'PORT_BUSY',
  [e.ERROR_BUSY]: 'PORT_BUSY',
  [e.ERROR_PIPE_BUSY]: 'PORT_BUSY',
  // What asks a disk file or a directory for the state of its line.
  [e.ERROR_INVALID_FUNCTION]: 'NOT_A_SERIAL_PORT',
  [e.ERROR_INVALID_HANDLE]: 'NOT_A_SERIAL_PORT',
  [e.ERROR_NOT_SUPPORTED]: 'NOT_A_SERIAL_PORT',
  [e.ERROR_DIRECTORY]: 'NOT_A_SERIAL_PORT',
  [e.ERROR_INVALID_PARAMETER]: 'UNSUPPORTED',
  [e.ERROR_CALL_NOT_IMPLEMENTED]: 'UNSUPPORTED',
  // A Bluetooth port whose device is away takes many seconds, and then says one of these two.
  [e.ERROR_SEM_TIMEOUT]: 'DISCONNECTED',
  [e.ERROR_NOT_FOUND]: 'DISCONNECTED',
}

/** The device is gone. Which number a driver gives for that is its own affair. */
const gone: readonly number[] = [
  e.ERROR_NOT_READY,
  e.ERROR_BAD_COMMAND,
  e.ERROR_GEN_FAILURE,
  e.ERROR_HANDLE_EOF,
  e.ERROR_DEV_NOT_EXIST,
  e.ERROR_BROKEN_PIPE,
  e.ERROR_NO_DATA,
  e.ERROR_PIPE_NOT_CONNECTED,
  e.ERROR_NO_SUCH_DEVICE,
  // Cancelled, and not by us: FTDI and CP210x say so when they are pulled out. What we cancel we name ourselves.
  e.ERROR_OPERATION_ABORTED,
  e.ERROR_DEVICE_NOT_CONNECTED,
  e.ERROR_DEVICE_REMOVED,
]

const whileOpen: Readonly<Record<number, SerialErrorCode>> = {
  [e.ERROR_FILE_NOT_FOUND]: 'DISCONNECTED',
  [e.ERROR_ACCESS_DENIED]: 'DISCONNECTED',
  [e.ERROR_SHARING_VIOLATION]: 'PORT_BUSY',
  [e.ERROR_INVALID_FUNCTION]: 'UNSUPPORTED',
  [e.ERROR_NOT_SUPPORTED]: 'UNSUPPORTED',
  [e.ERROR_INVALID_PARAMETER]: 'UNSUPPORTED',
  [e.ERROR_CALL_NOT_IMPLEMENTED]: 'UNSUPPORTED',
  [e.ERROR_SEM_TIMEOUT]: 'TIMEOUT',
  [e.ERROR_TIMEOUT]: 'TIMEOUT',
}

/** What an error number means: while a port is being opened, or on one that is open. */
export function codeOf(number: number, opening: boolean): SerialErrorCode {
  const code = (opening ? whileOpening : whileOpen)[number]
  return code ?? (gone.includes(number) ? 'DISCONNECTED' : 'IO')
}

const messages: Partial<Readonly<Record<SerialErrorCode, string>>> = {
  PORT_NOT_FOUND: 'there is no such port; `baud list` shows the ports there are',
  PORT_BUSY: 'another program, or this one, has it open; `baud doctor` says how to find out which',
  NOT_A_SERIAL_PORT: 'this is not a serial port',
  DISCONNECTED: 'no device answers here: it was unplugged, is switched off or out of range',
  UNSUPPORTED: 'the driver of this port can not do that',
}

/** What else is known of a call that failed. */
interface Circumstances {
  /** Whether the port was being opened. */
  readonly opening: boolean
  /** What the number means here, where it is known better than by the table. */
  readonly code?: SerialErrorCode | undefined
  readonly bytesTransferred?: number | undefined
}

/** The error for a call that failed: on a port that is being opened, or is open. */
export function portError(
  path: string,
  syscall: string,
  errno: number,
  { opening, code = codeOf(errno, opening), bytesTransferred }: Circumstances,
): SerialError {
  const errnoName = errorName(errno)
  const text = messages[code] ?? (formatMessage(errno) || 'the system refused')
  const message = `${path}: ${text} (${syscall}: ${errnoName}, ${errno})`
  return new SerialError(code, message, { path, syscall, errno, errnoName, bytesTransferred })
}
