import { SerialError } from '../../errors.ts'
import { loadNow } from '../../load.ts'
import type { NativePlatform, PortInfo } from '../contract.ts'
import { watchPorts } from './notifications.ts'
import { WindowsPort } from './port.ts'
import { WindowsPortSync } from './port-sync.ts'

export { comstatLayout, comstatSize, commpropLayout, commpropSize, dcbLayout, dcbSize } from './dcb.ts'
export { timeoutsLayout, timeoutsSize } from './dcb.ts'
export type { Dcb } from './dcb.ts'
export { formatMessage } from './errors.ts'
export { INVALID_HANDLE_VALUE, kernel32 } from './kernel32.ts'
export { fixedMemory } from './memory.ts'
export { OverlappedMemory, pinned, startOverlapped } from './overlapped.ts'
export { decode, encode, largest } from './struct.ts'
export type { Members } from './struct.ts'
export { changedKind, whenSignalled, whenSignalledWhoeverCloses } from './waits.ts'
export type { PendingWait } from './waits.ts'

/** The serial ports of Windows. */
export const platform: NativePlatform = {
  open: (path, settings, signal) => WindowsPort.open(path, settings, signal),
  openSync: (path, settings) => WindowsPortSync.open(path, settings),
  // What a program that only opens ports never needs is loaded when it is asked for.
  async list() {
    const { list } = await import('./listing/list.ts')
    return list()
  },
  listSync() {
    const { list } = loadNow('native/win32/listing/list') as { readonly list: () => PortInfo[] }
    return list()
  },
  isPassedOn: () => false,
  watchPorts,
  async diagnose(path) {
    const { diagnose } = await import('./listing/diagnose.ts')
    return diagnose(path)
  },
  async createCable() {
    const message =
      'Windows has no virtual serial ports of its own: a driver such as com0com makes pairs of COM ports, which open() takes like any other'
    throw new SerialError('UNSUPPORTED', message)
  },
}
