import { bind } from '../ffi.ts'
import { MAXDWORD } from './constants.ts'
import { timeoutsLayout, timeoutsSize } from './dcb.ts'
import { fixedMemory } from './memory.ts'
import { encode } from './struct.ts'

/** Not part of Windows: Wine says here which it is. Source: the Wine Developer's Guide, "Wine features". */
const wine = bind('ntdll.dll', { wine_get_version: { returns: 'handle', takes: [] } })

let isWine: boolean | undefined

function inWine(): boolean {
  if (isWine !== undefined) return isWine
  try {
    isWine = wine.wine_get_version() !== null
  } catch {
    isWine = false
  }
  return isWine
}

/** Some drivers take a constant with the topmost bit set for 0, and then a read never waits. */
const longest = 0x7ffffffe

/**
 * The time-outs under which a read ends with the first byte, and with all that is there by then; a write has none.
 * Source: Microsoft Learn, "COMMTIMEOUTS structure", Remarks: interval and multiplier MAXDWORD, and a constant.
 *
 * Wine waits with these until the buffer is full. What it should answer at once, MAXDWORD with 0 and 0, it answers with
 * the first byte. So one read does it in both; reading 1 byte and then what is queued would do as well everywhere, for
 * twice the calls on the way of each chunk.
 */
export function readTimeouts(): Uint8Array {
  const bytes = fixedMemory(timeoutsSize)
  encode(timeoutsLayout, bytes, {
    ReadIntervalTimeout: MAXDWORD,
    ReadTotalTimeoutMultiplier: inWine() ? 0 : MAXDWORD,
    ReadTotalTimeoutConstant: inWine() ? 0 : longest,
  })
  return bytes
}
