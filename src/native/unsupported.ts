import { SerialError } from '../errors.ts'
import type { NativePlatform } from './contract.ts'

function refuse(): never {
  throw new SerialError('UNSUPPORTED', 'baud does not know the serial ports of this system yet')
}

/** A platform nobody has written yet; copy it to add one. */
export const platform: NativePlatform = {
  open: async () => refuse(),
  openSync: () => refuse(),
  list: async () => refuse(),
  listSync: () => refuse(),
  isPassedOn: () => refuse(),
  watchPorts: () => refuse(),
  diagnose: async () => refuse(),
  createCable: async () => refuse(),
}
