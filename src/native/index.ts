import type { NativePlatform } from './contract.ts'
import { platform as darwin } from './darwin/index.ts'
import { platform as linux } from './linux/index.ts'
import { platform as unsupported } from './unsupported.ts'
import { lateWindows } from './late-windows.ts'

const platforms: Partial<Record<NodeJS.Platform, () => NativePlatform>> = {
  darwin: () => darwin,
  linux: () => linux,
  win32: lateWindows,
}

/** This machine's ports. */
export const native: NativePlatform = platforms[process.platform]?.() ?? unsupported

export type { Finding, NativePlatform, PortHint, PortInfo, PortWatch } from './contract.ts'
