import { INVALID_HANDLE_VALUE, kernel32 } from '../kernel32.ts'
import { ERROR_INSUFFICIENT_BUFFER } from '../winerror.ts'
import type { DeviceFacts } from './device-facts.ts'
import { Dword, grown } from './grown.ts'
import * as k from './keys.ts'
import { advapi32, setupapi } from './setupapi.ts'
import { KEY_QUERY_VALUE, stringValue } from './registry.ts'
import { wideString, wideStrings, withoutReference } from './text.ts'

/** Source: Microsoft Learn, "SetupDiOpenDevRegKey function (setupapi.h)". */
const DICS_FLAG_GLOBAL = 0x1
const DIREG_DEV = 0x1

/** A device in a set that is open. */
export class Device {
  readonly #set: number
  /** Its SP_DEVINFO_DATA. */
  readonly #data: Uint8Array
  readonly #required: Dword = new Dword()

  constructor(set: number, data: Uint8Array) {
    this.#set = set
    this.#data = data
  }

  /** What Windows says of it; a fact that can't be had, as when it is just being unplugged, is left out. */
  facts(): DeviceFacts {
    const reported = this.#property(k.DEVPKEY_Device_BusReportedDeviceDesc)
    const parent = this.#property(k.DEVPKEY_Device_Parent)
    const problem = this.#property(k.DEVPKEY_Device_ProblemCode)
    const places = this.#property(k.DEVPKEY_Device_LocationPaths)
    return {
      instanceId: this.instanceId,
      parent: parent && wideString(parent),
      // Windows lists what is present alone, where asked to; Wine lists all.
      present: this.#property(k.DEVPKEY_Device_IsPresent)?.[0] !== 0,
      problem: problem === undefined ? 0 : Buffer.from(problem).readUInt32LE(),
      description: this.#string(k.SPDRP_DEVICEDESC),
      reported: (reported && wideString(reported)) || undefined,
      manufacturer: this.#string(k.SPDRP_MFG),
      service: this.#string(k.SPDRP_SERVICE),
      locationPath: places && wideStrings(places)[0],
      location: this.#string(k.SPDRP_LOCATION_INFORMATION),
    }
  }

  get instanceId(): string {
    const bytes = this.#answer(
      (buffer, required) =>
        setupapi.SetupDiGetDeviceInstanceIdW(this.#set, this.#data, buffer, buffer.byteLength / 2, required),
      2,
    )
    return bytes === undefined ? '' : wideString(bytes)
  }

  /** The name of the port that it is; undefined when it is none. */
  get portName(): string | undefined {
    const key = setupapi.SetupDiOpenDevRegKey(
      this.#set,
      this.#data,
      DICS_FLAG_GLOBAL,
      0,
      DIREG_DEV,
      KEY_QUERY_VALUE,
    )
    if (key === INVALID_HANDLE_VALUE) return undefined
    try {
      return stringValue(key, 'PortName') || undefined
    } finally {
      advapi32.RegCloseKey(key)
    }
  }

  #string(property: number): string | undefined {
    const bytes = this.#answer((buffer, required) =>
      setupapi.SetupDiGetDeviceRegistryPropertyW(
        this.#set,
        this.#data,
        property,
        null,
        buffer,
        buffer.byteLength,
        required,
      ),
    )
    return (bytes && withoutReference(wideString(bytes))) || undefined
  }

  #property(key: Uint8Array): Uint8Array | undefined {
    const type = new Dword()
    return this.#answer((buffer, required) =>
      setupapi.SetupDiGetDevicePropertyW(
        this.#set,
        this.#data,
        key,
        type.bytes,
        buffer,
        buffer.byteLength,
        required,
        0,
      ),
    )
  }

  /** What a call answers that says which size it needs, in units of so many bytes. */
  #answer(
    call: (buffer: Uint8Array, required: Uint8Array) => number,
    unit: number = 1,
  ): Uint8Array | undefined {
    return grown((buffer) => {
      this.#required.value = 0
      const ok = call(buffer, this.#required.bytes)
      const bytes = this.#required.value * unit
      // Not all say on success how much it was; what is behind it is 0.
      if (ok !== 0) return { length: bytes || buffer.byteLength }
      return kernel32.GetLastError() === ERROR_INSUFFICIENT_BUFFER ? { needs: bytes } : undefined
    })
  }
}
