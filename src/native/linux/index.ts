import { SerialError } from '../../errors.ts'
import { loadNow } from '../../load.ts'
import type { NativePlatform, PortInfo } from '../contract.ts'
import { PosixPort, PosixPortSync } from '../posix/index.ts'
import { watchPorts } from './hotplug.ts'
import { architectures } from './requests.ts'
import { linux } from './system.ts'

function checkArchitecture(): void {
  if (architectures.includes(process.arch)) return
  throw new SerialError(
    'UNSUPPORTED',
    `Linux on ${process.arch} numbers its terminal requests in a way baud does not know`,
  )
}

/** The serial ports of Linux. */
export const platform: NativePlatform = {
  async open(path, settings) {
    checkArchitecture()
    return PosixPort.open(linux, path, settings)
  },
  openSync(path, settings) {
    checkArchitecture()
    return PosixPortSync.open(linux, path, settings)
  },
  // What a program that only opens ports never needs is loaded when it is asked for.
  async list() {
    const { list } = await import('./list.ts')
    return list()
  },
  listSync() {
    const { list } = loadNow('native/linux/list') as { readonly list: () => PortInfo[] }
    return list()
  },
  isPassedOn: (path) => /^\/dev\/pts\/\d+$/.test(path),
  watchPorts,
  async diagnose(path) {
    const { diagnose } = await import('./diagnose.ts')
    return diagnose(path)
  },
  async createCable() {
    checkArchitecture()
    const { createCable } = await import('./pty.ts')
    return createCable()
  },
}
