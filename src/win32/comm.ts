import {
  commpropLayout,
  commpropSize,
  comstatSize,
  dcbSize,
  decode,
  encode,
  fixedMemory,
  kernel32,
  timeoutsLayout,
  timeoutsSize,
} from '../native/win32/index.ts'
import type { Members } from '../native/win32/index.ts'
import { invalid } from '../validate.ts'
import { count, dword, handleNumber, wordOf } from './arguments.ts'
import { decodeComstat, decodeDcb, encodeDcb } from './comm-structures.ts'
import type { PyCOMSTAT, PyDCB } from './comm-structures.ts'
import { check } from './failure.ts'
import type { HandleLike } from './handle.ts'

/**
 * How the port is set.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * console.log(win32file.GetCommState(port).BaudRate)
 * port.Close()
 * ```
 */
export function GetCommState(handle: HandleLike): PyDCB {
  const bytes = fixedMemory(dcbSize)
  bytes[0] = dcbSize
  check(kernel32.GetCommState(handleNumber('handle', handle), bytes), 'GetCommState')
  return decodeDcb(bytes)
}

/**
 * Sets the port. Limits and characters that do not fit together fail with error 87.
 * @throws `pywintypes.error`; `SerialError` `INVALID_OPTION` for a member out of range
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * const dcb = win32file.GetCommState(port)
 * dcb.BaudRate = win32file.CBR_115200
 * dcb.ByteSize = 8
 * dcb.Parity = win32file.NOPARITY
 * dcb.StopBits = win32file.ONESTOPBIT
 * win32file.SetCommState(port, dcb)
 * ```
 */
export function SetCommState(handle: HandleLike, dcb: PyDCB): void {
  check(kernel32.SetCommState(handleNumber('handle', handle), encodeDcb(dcb)), 'SetCommState')
}

/** ReadInterval, ReadMultiplier, ReadConstant, WriteMultiplier, WriteConstant, in milliseconds. */
export type CommTimeouts = [
  readInterval: number,
  readMultiplier: number,
  readConstant: number,
  writeMultiplier: number,
  writeConstant: number,
]

/**
 * The port's time-outs.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * const [interval, multiplier, constant] = win32file.GetCommTimeouts(port)
 * console.log(interval, multiplier, constant)
 * port.Close()
 * ```
 */
export function GetCommTimeouts(handle: HandleLike): CommTimeouts {
  const bytes = fixedMemory(timeoutsSize)
  check(kernel32.GetCommTimeouts(handleNumber('handle', handle), bytes), 'GetCommTimeouts')
  const t = decode(timeoutsLayout, bytes)
  return [
    t.ReadIntervalTimeout,
    t.ReadTotalTimeoutMultiplier,
    t.ReadTotalTimeoutConstant,
    t.WriteTotalTimeoutMultiplier,
    t.WriteTotalTimeoutConstant,
  ]
}

/**
 * Sets the port's time-outs. All zero: a read waits for all its bytes, for ever. `[MAXDWORD, 0, 0, 0, 0]`: it takes what
 * is there. `[MAXDWORD, MAXDWORD, n, 0, 0]`: it waits up to n ms for the first byte.
 * @throws `pywintypes.error`; `SerialError` `INVALID_OPTION`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.SetCommTimeouts(port, [win32con.MAXDWORD, 0, 0, 0, 0])
 * const [, data] = win32file.ReadFile(port, 100) // what has arrived
 * console.log(data)
 * port.Close()
 * ```
 */
export function SetCommTimeouts(handle: HandleLike, timeouts: Readonly<CommTimeouts>): void {
  const allowed = '5 numbers of milliseconds'
  if (!Array.isArray(timeouts) || timeouts.length !== 5) throw invalid('timeouts', timeouts, allowed)
  const [interval, readMultiplier, readConstant, writeMultiplier, writeConstant] = timeouts
  const bytes = fixedMemory(timeoutsSize)
  encode(timeoutsLayout, bytes, {
    ReadIntervalTimeout: dword('readInterval', interval),
    ReadTotalTimeoutMultiplier: dword('readMultiplier', readMultiplier),
    ReadTotalTimeoutConstant: dword('readConstant', readConstant),
    WriteTotalTimeoutMultiplier: dword('writeMultiplier', writeMultiplier),
    WriteTotalTimeoutConstant: dword('writeConstant', writeConstant),
  })
  check(kernel32.SetCommTimeouts(handleNumber('handle', handle), bytes), 'SetCommTimeouts')
}

/**
 * What happened to the port, `CE_*` or-ed, and its status. Clears the error, so that reading and writing can go on.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * const [flags, comstat] = win32file.ClearCommError(port)
 * if ((flags & win32con.CE_FRAME) !== 0) console.log('is this the right speed?')
 * console.log(comstat.cbInQue)
 * port.Close()
 * ```
 */
export function ClearCommError(handle: HandleLike): [flags: number, comstat: PyCOMSTAT] {
  const flags = fixedMemory(4)
  const comstat = fixedMemory(comstatSize)
  check(kernel32.ClearCommError(handleNumber('handle', handle), flags, comstat), 'ClearCommError')
  return [wordOf(flags), decodeComstat(comstat)]
}

/** What `GetCommProperties` tells of a driver: the members of `COMMPROP`. */
export type CommProperties = Members<typeof commpropLayout>

/**
 * What the port's driver can do. pywin32 has no such function.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * console.log(win32file.GetCommProperties(port).dwMaxRxQueue)
 * port.Close()
 * ```
 */
export function GetCommProperties(handle: HandleLike): CommProperties {
  const bytes = fixedMemory(commpropSize)
  check(kernel32.GetCommProperties(handleNumber('handle', handle), bytes), 'GetCommProperties')
  return decode(commpropLayout, bytes)
}

/**
 * Drops what is queued, and ends what is under way.
 *
 * @param action - `PURGE_RXCLEAR`, `PURGE_TXCLEAR`, `PURGE_RXABORT`, `PURGE_TXABORT`, or-ed
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.PurgeComm(port, win32con.PURGE_RXABORT | win32con.PURGE_RXCLEAR)
 * port.Close()
 * ```
 */
export function PurgeComm(handle: HandleLike, action: number): void {
  check(kernel32.PurgeComm(handleNumber('handle', handle), dword('action', action)), 'PurgeComm')
}

/**
 * Recommends sizes for the driver's queues, in bytes.
 * @throws `pywintypes.error`
 *
 * @example
 * ```ts
 * import { win32con, win32file } from 'baud/win32'
 *
 * const port = win32file.CreateFile('COM3', win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
 * win32file.SetupComm(port, 65536, 65536)
 * port.Close()
 * ```
 */
export function SetupComm(handle: HandleLike, inQueue: number, outQueue: number): void {
  const number = handleNumber('handle', handle)
  check(kernel32.SetupComm(number, count('inQueue', inQueue), count('outQueue', outQueue)), 'SetupComm')
}
