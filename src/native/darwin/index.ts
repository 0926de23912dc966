import type { NativePlatform } from '../contract.ts'
import { createCable, PosixPort, PosixPortSync } from '../posix/index.ts'
import { diagnose } from './diagnose.ts'
import { list } from './list.ts'
import { createPty } from './pty.ts'
import { darwin, refuseUnsupported } from './system.ts'

/** The serial ports of macOS. Experimental: see {@link darwin} for what nobody has tried yet. */
export const platform: NativePlatform = {
  async open(path, settings) {
    refuseUnsupported(path, settings)
    return PosixPort.open(darwin, path, settings)
  },
  openSync(path, settings) {
    refuseUnsupported(path, settings)
    return PosixPortSync.open(darwin, path, settings)
  },
  list,
  diagnose,
  async createCable() {
    return createCable(darwin, createPty, new URL('./relay-worker.js', import.meta.url))
  },
}
