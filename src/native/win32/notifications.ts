import { isMainThread } from 'node:worker_threads'
import type { PortHint, PortWatch } from '../contract.ts'
import { nativeCallback } from '../ffi.ts'
import type { Bound } from '../ffi.ts'
import { rescanning } from '../rescanning.ts'
import { bindWindows } from './bind.ts'
import { portInterfaces } from './listing/keys.ts'
import { fixedMemory } from './memory.ts'
import { encode } from './struct.ts'

const table = {
  CM_Register_Notification: {
    returns: 'DWORD',
    takes: ['pointer pFilter', 'ULONG_PTR pContext', 'handle pCallback', 'pointer pNotifyContext'],
  },
} as const

/** Source: Microsoft Learn, "CM_NOTIFY_FILTER structure (cfgmgr32.h)"; its union has room for an instance id of 200 characters. */
const filterLayout = { cbSize: [0, 4], Flags: [4, 4], FilterType: [8, 4] } as const
const filterSize = 416
const classGuidAt = 16
const CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE = 0
const CR_SUCCESS = 0

function filterFor(interfaceClass: Uint8Array): Uint8Array {
  const filter = fixedMemory(filterSize)
  encode(filterLayout, filter, { cbSize: filterSize, FilterType: CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE })
  filter.set(interfaceClass, classGuidAt)
  return filter
}

/**
 * Tells when a device with a serial port's interface has come or gone. Source: Microsoft Learn, "CM_Register_Notification
 * function (cfgmgr32.h)", from Windows 8 on.
 *
 * What is registered with the first listener stays so: `CM_Unregister_Notification` waits for calls under way, and these
 * wait for this thread. Where it waited in a thread of the pool instead, so would a process that exits meanwhile.
 */
export class DeviceNotifications {
  readonly #calls: Bound<typeof table>
  readonly #listeners: Set<() => void> = new Set()
  #registered: boolean | undefined

  /** @param library - its name or path */
  constructor(library: string) {
    this.#calls = bindWindows(library, table)
  }

  /**
   * Calls from the event loop, until the function that this returns is called. Undefined where the system does not tell, and
   * in worker threads, since a callback into a thread that has ended crashes.
   */
  listen(listener: () => void): (() => void) | undefined {
    if (!isMainThread) return undefined
    this.#registered ??= this.#register()
    if (!this.#registered) return undefined
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #register(): boolean {
    const tell = () => this.#listeners.forEach((listener) => listener())
    // HCMNOTIFICATION, PVOID, CM_NOTIFY_ACTION, PCM_NOTIFY_EVENT_DATA and DWORD; ERROR_SUCCESS is to be returned.
    const callback = nativeCallback(['handle', 'ULONG_PTR', 'int', 'handle', 'DWORD'], tell, 'DWORD')
    const out = fixedMemory(8)
    try {
      const register = (interfaceClass: Uint8Array) =>
        this.#calls.CM_Register_Notification(filterFor(interfaceClass), 0, callback, out) === CR_SUCCESS
      return portInterfaces.map(register).some(Boolean)
    } catch {
      return false
    }
  }
}

let ofTheSystem: DeviceNotifications | undefined

/** When to look after a device has come or gone (ms): the listing may be a moment behind. */
const looks = [0, 250, 1000]

/** How often to look all the same, for ports whose driver has no such interface, in ms. */
const seldom = 10_000

/** Says when it is time to look for ports that have come or gone. */
export function watchPorts(
  tell: (hint?: PortHint) => void,
  notifications: DeviceNotifications = (ofTheSystem ??= new DeviceNotifications('cfgmgr32.dll')),
): PortWatch {
  let timers: NodeJS.Timeout[] = []
  const forget = () => timers.forEach((timer) => clearTimeout(timer))
  const stop = notifications.listen(() => {
    forget()
    timers = looks.map((ms) => setTimeout(() => tell(), ms))
  })
  const rescan = rescanning(tell, stop === undefined ? undefined : seldom)
  return {
    close() {
      stop?.()
      forget()
      rescan.close()
    },
  }
}
