import type { NativePlatform } from './contract.ts'
import { platform as darwin } from './darwin/index.ts'
import { platform as linux } from './linux/index.ts'
import { platform as unsupported } from './unsupported.ts'

const platforms: Partial<Record<NodeJS.Platform, NativePlatform>> = { darwin, linux }

/** This machine's ports. */
export const native: NativePlatform = platforms[process.platform] ?? unsupported

export type { Cable, Finding, PortInfo } from './contract.ts'
