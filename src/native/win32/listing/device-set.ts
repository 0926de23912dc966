import { SerialError } from '../../../errors.ts'
import { errorName, formatMessage } from '../errors.ts'
import { INVALID_HANDLE_VALUE, kernel32 } from '../kernel32.ts'
import { ERROR_INSUFFICIENT_BUFFER } from '../winerror.ts'
import { Device } from './device.ts'
import { Dword, grown } from './grown.ts'
import { setupapi } from './setupapi.ts'
import { wideString } from './text.ts'

/** Source: Microsoft Learn, "SetupDiGetClassDevsW function (setupapi.h)". */
const DIGCF_PRESENT = 0x2
const DIGCF_ALLCLASSES = 0x4
const DIGCF_DEVICEINTERFACE = 0x10

/** The structures begin with their size, for 64-bit pointers. Source: Microsoft Learn, the pages of these names. */
const SP_DEVINFO_DATA_size = 32
const SP_DEVICE_INTERFACE_DATA_size = 32
/** Without the path behind it, which begins at 4. */
const SP_DEVICE_INTERFACE_DETAIL_DATA_size = 8
const DevicePath = 4

function sized(size: number): Uint8Array {
  const bytes = Buffer.alloc(size)
  bytes.writeUInt32LE(size)
  return bytes
}

function withSet<T>(syscall: string, set: number, work: (set: number) => T): T {
  if (set === INVALID_HANDLE_VALUE) {
    const errno = kernel32.GetLastError()
    const errnoName = errorName(errno)
    const message = `the devices can not be listed: ${formatMessage(errno)} (${syscall}: ${errnoName}, ${errno})`
    throw new SerialError('IO', message, { syscall, errno, errnoName })
  }
  try {
    return work(set)
  } finally {
    setupapi.SetupDiDestroyDeviceInfoList(set)
  }
}

function withClassDevs<T>(guid: Uint8Array, flags: number, work: (set: number) => T): T {
  return withSet('SetupDiGetClassDevs', setupapi.SetupDiGetClassDevsW(guid, null, 0, flags), work)
}

/** Looks at each device of a set. */
function eachDevice<T>(set: number, look: (device: Device) => T): T[] {
  const found: T[] = []
  for (let index = 0; ; index++) {
    const data = sized(SP_DEVINFO_DATA_size)
    if (setupapi.SetupDiEnumDeviceInfo(set, index, data) === 0) return found
    found.push(look(new Device(set, data)))
  }
}

/** Looks at each device of a class; those that are not plugged in as well, where asked for. */
export function devicesOfClass<T>(guid: Uint8Array, absentToo: boolean, look: (device: Device) => T): T[] {
  return withClassDevs(guid, absentToo ? 0 : DIGCF_PRESENT, (set) => eachDevice(set, look))
}

/** Looks at each device that is plugged in on a bus: `USB`. A machine need not have that bus. */
export function devicesOnBus<T>(enumerator: string, look: (device: Device) => T): T[] {
  const set = setupapi.SetupDiGetClassDevsW(null, enumerator, 0, DIGCF_PRESENT | DIGCF_ALLCLASSES)
  if (set === INVALID_HANDLE_VALUE) return []
  return withSet('SetupDiGetClassDevs', set, () => eachDevice(set, look))
}

/** Looks at each device with an interface of a class, and at the interface's path. */
export function devicesWithInterface<T>(
  guid: Uint8Array,
  absentToo: boolean,
  look: (device: Device, path: string) => T,
): T[] {
  const flags = DIGCF_DEVICEINTERFACE | (absentToo ? 0 : DIGCF_PRESENT)
  return withClassDevs(guid, flags, (set) => {
    const found: T[] = []
    for (let index = 0; ; index++) {
      const data = sized(SP_DEVICE_INTERFACE_DATA_size)
      if (setupapi.SetupDiEnumDeviceInterfaces(set, null, guid, index, data) === 0) return found
      const detail = interfaceDetail(set, data)
      if (detail !== undefined) found.push(look(detail.device, detail.path))
    }
  })
}

function interfaceDetail(set: number, data: Uint8Array): { device: Device; path: string } | undefined {
  const required = new Dword()
  const deviceData = sized(SP_DEVINFO_DATA_size)
  const detail = grown((buffer) => {
    Buffer.from(buffer.buffer).writeUInt32LE(SP_DEVICE_INTERFACE_DETAIL_DATA_size)
    const ok = setupapi.SetupDiGetDeviceInterfaceDetailW(
      set,
      data,
      buffer,
      buffer.byteLength,
      required.bytes,
      deviceData,
    )
    if (ok !== 0) return { length: buffer.byteLength }
    return kernel32.GetLastError() === ERROR_INSUFFICIENT_BUFFER ? { needs: required.value } : undefined
  })
  if (detail === undefined) return undefined
  return { device: new Device(set, deviceData), path: wideString(detail.subarray(DevicePath)) }
}

/** Runs with a way to look at any device, by its instance id; undefined for one that Windows does not know. */
export function withAnyDevice<T>(work: (open: (instanceId: string) => Device | undefined) => T): T {
  const list = setupapi.SetupDiCreateDeviceInfoList(null, 0)
  return withSet('SetupDiCreateDeviceInfoList', list, (set) =>
    work((instanceId) => {
      const data = sized(SP_DEVINFO_DATA_size)
      const ok = setupapi.SetupDiOpenDeviceInfoW(set, instanceId, 0, 0, data)
      return ok === 0 ? undefined : new Device(set, data)
    }),
  )
}
