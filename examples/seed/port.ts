// The port that the seed's methods belong to: how pySerial 1.x opens it, what it keeps, how it closes it.
//
// The names are the seed's. Its methods are functions here, with `self` as in Python, so that two versions of one method
// can stand side by side. docs/seed.md walks through all of it.
import { fileURLToPath } from 'node:url'
import { SerialError } from 'baud'
import { win32con, win32event, win32file } from 'baud/win32'
import type { pywintypes } from 'baud/win32'

/** Seconds, as in Python; 0: do not wait; null (Python's None): wait for ever. */
export type Timeout = number | null

/** What a version tells the driver about time: (ReadInterval, ReadMultiplier, ReadConstant, WriteMultiplier, WriteConstant). */
export type TimeoutsOf = (timeout: Timeout) => win32file.CommTimeouts

/** `portNotOpenError = ValueError('port not open')`. Made when it is thrown: its stack then says where. */
export function portNotOpenError(): SerialError {
  return new SerialError('PORT_NOT_OPEN', 'port not open')
}

/**
 * An OVERLAPPED, all zero, with an event of its own: no security attributes, not signalled, no name. The system sets the
 * event when the operation has ended. Until then nothing of the two may be changed, freed or used again.
 */
export function overlappedWithEvent(manualReset: 0 | 1): pywintypes.PyOVERLAPPED {
  const overlapped = win32file.OVERLAPPED()
  overlapped.hEvent = win32event.CreateEvent(null, manualReset, 0, null)
  return overlapped
}

export class Port {
  portstr: string
  hComPort: pywintypes.PyHANDLE | null
  timeout: Timeout = null
  /** What all reads of 1.1 share. Auto-reset: the wait that sees its event signalled resets it. */
  overlapped: pywintypes.PyOVERLAPPED = overlappedWithEvent(0)
  /** What all reads of 1.21 share. Manual reset: it stays signalled until ReadFile or ResetEvent resets it. */
  _overlappedRead: pywintypes.PyOVERLAPPED = overlappedWithEvent(1)
  readonly #timeoutsOf: TimeoutsOf
  readonly #orgTimeouts: win32file.CommTimeouts

  /** @param port - `'COM5'`, or its number counted from 0 */
  constructor(port: string | number, timeout: Timeout, timeoutsOf: TimeoutsOf) {
    this.portstr = typeof port === 'number' ? `COM${port + 1}` : port
    this.hComPort = win32file.CreateFile(
      this.portstr, // from COM10 on only with the prefix \\.\, which works below as well
      win32con.GENERIC_READ | win32con.GENERIC_WRITE,
      0, // exclusive access: a second open fails until this handle is closed
      null, // no security
      win32con.OPEN_EXISTING, // the line that the seed lost: a port is there, or opening it fails
      win32con.FILE_ATTRIBUTE_NORMAL | win32con.FILE_FLAG_OVERLAPPED,
      null,
    )
    this.#timeoutsOf = timeoutsOf
    // The time-outs are those of whoever had the port last. Source: Microsoft Learn, "Time-Outs" (Communications Resources).
    this.#orgTimeouts = win32file.GetCommTimeouts(this.hComPort)
    this.setTimeout(timeout)
    win32file.PurgeComm(this.hComPort, win32con.PURGE_RXCLEAR | win32con.PURGE_TXCLEAR)
  }

  /** SetCommTimeouts and nothing else. SetCommState would set up the hardware anew, in the middle of what is on the wire. */
  setTimeout(timeout: Timeout): void {
    if (!this.hComPort) throw portNotOpenError()
    this.timeout = timeout
    win32file.SetCommTimeouts(this.hComPort, this.#timeoutsOf(timeout))
  }

  close(): void {
    if (!this.hComPort) return
    win32file.SetCommTimeouts(this.hComPort, this.#orgTimeouts)
    win32file.CloseHandle(this.hComPort)
    this.hComPort = null
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** The port to try an example on: the first argument, when the example is what was started, and not imported. */
export function portArgument(module: string): string | undefined {
  if (process.argv[1] !== fileURLToPath(module)) return undefined
  const [, , port] = process.argv
  if (port === undefined) console.error(`usage: node ${process.argv[1]} COM5`)
  return port
}
