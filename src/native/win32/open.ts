import { SerialError } from '../../errors.ts'
import type { PortSettings } from '../../settings.ts'
import { invalid } from '../../validate.ts'
import { inPool } from '../ffi.ts'
import { FILE_FLAG_OVERLAPPED, GENERIC_READ, GENERIC_WRITE, OPEN_EXISTING } from './constants.ts'
import { Device } from './device.ts'
import { dosDevice } from './dos-device.ts'
import { portError } from './errors.ts'
import { INVALID_HANDLE_VALUE, kernel32 } from './kernel32.ts'
import { Turns } from './turns.ts'
import { ERROR_ACCESS_DENIED } from './winerror.ts'

/** Opens a COM port and sets it; what was touched is given back when a step fails. */
export function openDevice(path: string, settings: PortSettings): Device {
  const name = checked(path, settings)
  const handle = kernel32.CreateFileW(...howToOpen(name))
  refuseFailure(path, name, handle)
  return configured(path, handle, settings)
}

/**
 * The same, without holding up the event loop: a Bluetooth port connects to its device when it is opened, which takes
 * seconds when that is near, and many when it is not. Windows has no overlapped way to open a file, so a thread of
 * libuv's pool does it. When the signal aborts it is not waited for any more, and what comes late is closed, untouched.
 */
export async function openDeviceInPool(
  path: string,
  settings: PortSettings,
  signal: AbortSignal | undefined,
): Promise<Device> {
  const name = checked(path, settings)
  const create = async () => {
    signal?.throwIfAborted()
    return inPool(kernel32, 'CreateFileW', howToOpen(name), (handle) => {
      refuseFailure(path, name, handle)
      return handle
    })
  }
  const creating = connectsWhenOpened(name) ? connecting.take(create) : create()
  const handle = await unlessAborted(creating, signal, (late) => kernel32.CloseHandle(late))
  return configured(path, handle, settings)
}

type CreateFileArguments = Parameters<typeof kernel32.CreateFileW>

function howToOpen(name: string): CreateFileArguments {
  return [name, GENERIC_READ | GENERIC_WRITE, 0, null, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, 0]
}

/** At once after the call: throws why it has opened nothing. */
function refuseFailure(path: string, name: string, handle: number): void {
  if (handle !== INVALID_HANDLE_VALUE) return
  const errno = kernel32.GetLastError()
  const code = errno === ERROR_ACCESS_DENIED && isOnDisk(name) ? 'NOT_A_SERIAL_PORT' : undefined
  throw portError(path, 'CreateFile', errno, { opening: true, code })
}

/**
 * Whether a name is that of a drive, or of something on one: there error 5 says that it is a folder, or that only an
 * administrator may open it, and not that somebody else has it. Nothing is opened. Source: Microsoft Learn, "Naming Files,
 * Paths, and Namespaces", for `\\\\server\\share`, too.
 */
function isOnDisk(name: string): boolean {
  const [, device] = /^[\\/]{2}[.?][\\/]([^\\/]*)/.exec(name) ?? []
  if (device === undefined || /^[a-z]:$/i.test(device)) return true
  return /^\\Device\\(Harddisk|CdRom|Floppy)/i.test(dosDevice(device) ?? '')
}

function configured(path: string, handle: number, settings: PortSettings): Device {
  const device = new Device(path, handle, settings)
  try {
    device.configure()
    return device
  } catch (error) {
    device.release()
    throw error
  }
}

/**
 * The pool has four threads, if nobody has set UV_THREADPOOL_SIZE, and the files and names of the whole program wait for
 * them: ports that may hold one for long get half of them.
 */
const connecting = new Turns(2)

/** Whether it is a port of Windows' own Bluetooth driver, by any of its names: `COM8`, which leads to `\Device\BthModem0`. */
function connectsWhenOpened(name: string): boolean {
  return /^\\\\\?\\bthenum#/i.test(name) || /\\bthmodem/i.test(dosDevice(name.slice(4)) ?? '')
}

/** What a promise becomes, or the signal's reason if that aborts first; then what it becomes is given back. */
function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  giveBack: (late: T) => void,
): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    let waiting = true
    const abort = () => {
      waiting = false
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', abort, { once: true })
    const done = (result: T) => (waiting ? resolve(result) : giveBack(result))
    work.then(done, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function checked(path: string, settings: PortSettings): string {
  const name = deviceName(path)
  refuseWhatWindowsHasNot(path, settings)
  return name
}

/**
 * The name with the prefix that ports above COM9 need. Source: Microsoft Learn, "Naming Files, Paths, and Namespaces",
 * Win32 Device Namespaces.
 */
function deviceName(path: string): string {
  if (typeof path !== 'string' || path === '' || path.length > 32_000 || path.includes('\0'))
    throw invalid('path', path, 'the name of a port, such as COM3')
  if (/^[\\/]{2}/.test(path)) return path
  // As DOS has it, and CreateFile without a prefix takes it: `COM3:`.
  return `\\\\.\\${path.replace(/^(com\d+):$/i, '$1')}`
}

function refuseWhatWindowsHasNot(path: string, { lowLatency, rs485 }: PortSettings): void {
  const option = rs485?.enabled === true ? 'rs485' : lowLatency === true ? 'lowLatency' : undefined
  if (option === undefined) return
  const message = `${path}: ${option} is for the settings of its driver, in the Device Manager: Windows has no call for it`
  throw new SerialError('UNSUPPORTED', message, { path })
}
