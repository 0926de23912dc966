import { CdcAcm } from './cdc-acm.ts'
import { Ch340 } from './ch340.ts'
import type { Chip } from './chip.ts'
import { Cp2102 } from './cp2102.ts'
import type { Identity } from './descriptors.ts'
import { Ft232r } from './ft232r.ts'
import { Pl2303 } from './pl2303.ts'

/** The chips there are. One more is one more file, and a line here. */
export const chips = {
  ft232r: Ft232r,
  cp2102: Cp2102,
  ch340: Ch340,
  pl2303: Pl2303,
  'cdc-acm': CdcAcm,
} as const satisfies Record<string, new (changes?: Partial<Identity>) => Chip>

export type ChipName = keyof typeof chips
