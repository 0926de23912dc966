import type { NativePlatform } from './contract.ts'
import { platform as darwin } from './darwin/index.ts'
import { platform as linux } from './linux/index.ts'
import { platform as unsupported } from './unsupported.ts'
import { platform as win32 } from './win32/index.ts'

// All rooms are loaded with the package, here those of other systems too: so that openSync() works at once, also in
// CommonJS, which refuses a module that awaits (`ERR_REQUIRE_ASYNC_MODULE`). They cost little in one file: scripts/bundle.mjs.
const platforms: Partial<Record<NodeJS.Platform, NativePlatform>> = { darwin, linux, win32 }

/** This machine's ports. */
export const native: NativePlatform = platforms[process.platform] ?? unsupported

export type { Finding, NativePlatform, PortHint, PortInfo, PortWatch } from './contract.ts'
