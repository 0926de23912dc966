import { SerialError } from '../../errors.ts'
import type { NativePlatform } from '../contract.ts'
import { createCable, PosixPort, PosixPortSync } from '../posix/index.ts'
import { diagnose } from './diagnose.ts'
import { list } from './list.ts'
import { createPty } from './pty.ts'
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
  list,
  diagnose,
  async createCable() {
    checkArchitecture()
    return createCable(linux, createPty, new URL('./relay-worker.js', import.meta.url))
  },
}
