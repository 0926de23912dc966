import { loadNow } from '../../load.ts'
import type { NativePlatform, PortInfo } from '../contract.ts'
import { PosixPort, PosixPortSync } from '../posix/index.ts'
import { rescanning } from '../rescanning.ts'
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
  // What a program that only opens ports never needs is loaded when it is asked for.
  async list() {
    const { list } = await import('./list.ts')
    return list()
  },
  listSync() {
    const { list } = loadNow('native/darwin/list') as { readonly list: () => PortInfo[] }
    return list()
  },
  isPassedOn: (path) => /^\/dev\/ttys\d+$/.test(path),
  watchPorts: rescanning,
  async diagnose(path) {
    const { diagnose } = await import('./diagnose.ts')
    return diagnose(path)
  },
  async createCable() {
    const { createCable } = await import('./pty.ts')
    return createCable()
  },
}
