import type { NativePlatform } from './contract.ts'
import { platform as darwin } from './darwin/index.ts'
import { platform as linux } from './linux/index.ts'
import { platform as unsupported } from './unsupported.ts'
import { platform as win32 } from './win32/index.ts'

const platforms: Partial<Record<NodeJS.Platform, NativePlatform>> = { darwin, linux, win32 }

/** This machine's ports. */
export const native: NativePlatform = platforms[process.platform] ?? unsupported

export type { Finding, PortInfo } from './contract.ts'
