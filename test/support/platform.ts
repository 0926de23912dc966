import { bind } from '../../src/native/ffi.ts'

/** Whether this is Windows, or Wine. */
export const onWindows: boolean = process.platform === 'win32'

/** Not part of Windows: Wine says here which it is. Source: the Wine Developer's Guide, "Wine features". */
const wine = bind('ntdll.dll', { wine_get_version: { returns: 'handle', takes: [] } })

function isWine(): boolean {
  try {
    return wine.wine_get_version() !== null
  } catch {
    return false
  }
}

/** Whether this is Wine, which departs from Windows here and there. */
export const inWine: boolean = onWindows && isWine()

/** Why a test is skipped on Windows, or false. */
export function notOnWindows(why: string): string | false {
  return onWindows && `not on Windows: ${why}`
}
