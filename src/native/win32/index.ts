import { SerialError } from '../../errors.ts'
import type { NativePlatform } from '../contract.ts'
import { rescanning } from '../rescanning.ts'
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
export { changedKind, whenSignalled } from './waits.ts'
export type { PendingWait } from './waits.ts'

function notYet(what: string): never {
  throw new SerialError('UNSUPPORTED', `${what} is not there yet for Windows`)
}

/** The serial ports of Windows. */
export const platform: NativePlatform = {
  open: async (path, settings) => WindowsPort.open(path, settings),
  openSync: (path, settings) => WindowsPortSync.open(path, settings),
  list: async () => notYet('a list of ports'),
  watchPorts: rescanning,
  diagnose: async () => notYet('a diagnosis'),
  // Windows has no pseudo-terminals that are COM ports; com0com brings some, as a driver.
  createCable: async () => notYet('a virtual cable'),
}
