import { SerialError } from '../../errors.ts'
import type { PortSettings } from '../../settings.ts'
import { invalid } from '../../validate.ts'
import { FILE_FLAG_OVERLAPPED, GENERIC_READ, GENERIC_WRITE, OPEN_EXISTING } from './constants.ts'
import { Device } from './device.ts'
import { portError } from './errors.ts'
import { INVALID_HANDLE_VALUE, kernel32 } from './kernel32.ts'

/** Opens a COM port and sets it; what was touched is given back when a step fails. */
export function openDevice(path: string, settings: PortSettings): Device {
  const name = deviceName(path)
  refuseWhatWindowsHasNot(path, settings)
  const access = GENERIC_READ | GENERIC_WRITE
  const handle = kernel32.CreateFileW(name, access, 0, null, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, 0)
  if (handle === INVALID_HANDLE_VALUE) throw portError(path, 'CreateFile', kernel32.GetLastError(), true)
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
 * The name with the prefix that ports above COM9 need. Source: Microsoft Learn, "Naming Files, Paths, and Namespaces",
 * Win32 Device Namespaces.
 */
function deviceName(path: string): string {
  if (typeof path !== 'string' || path === '' || path.length > 32_000 || path.includes('\0'))
    throw invalid('path', path, 'the name of a port, such as COM3')
  return /^[\\/]{2}/.test(path) ? path : `\\\\.\\${path}`
}

function refuseWhatWindowsHasNot(path: string, { lowLatency, rs485 }: PortSettings): void {
  const option = rs485?.enabled === true ? 'rs485' : lowLatency === true ? 'lowLatency' : undefined
  if (option === undefined) return
  const message = `${path}: ${option} is for the settings of its driver, in the Device Manager: Windows has no call for it`
  throw new SerialError('UNSUPPORTED', message, { path })
}
