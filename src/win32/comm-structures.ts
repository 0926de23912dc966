import {
  comstatLayout,
  dcbLayout,
  dcbSize,
  decode,
  encode,
  fixedMemory,
  largest,
} from '../native/win32/index.ts'
import type { Dcb, Members } from '../native/win32/index.ts'
import { invalid } from '../validate.ts'

/** The members that C has as characters; here, as in Python, they are text of one character, 0 to 255. */
const characters = ['XonChar', 'XoffChar', 'ErrorChar', 'EofChar', 'EvtChar'] as const

type Character = (typeof characters)[number]

/** How a port is set: the members of `DCB`. Flags are 0 or 1. */
export interface PyDCB extends Omit<Dcb, Character>, Record<Character, string> {}

/**
 * A new DCB, all zero but its length. To be filled by {@link GetCommState} rather than by hand.
 *
 * @example
 * ```ts
 * import { win32file } from 'baud/win32'
 *
 * console.log(win32file.DCB().DCBlength) // 28
 * ```
 */
export function DCB(): PyDCB {
  const bytes = fixedMemory(dcbSize)
  bytes[0] = dcbSize
  return decodeDcb(bytes)
}

export function decodeDcb(bytes: Uint8Array): PyDCB {
  const members = decode(dcbLayout, bytes)
  const texts = characters.map((name) => [name, String.fromCharCode(members[name])] as const)
  return { ...members, ...(Object.fromEntries(texts) as Record<Character, string>) }
}

export function encodeDcb(dcb: PyDCB): Uint8Array {
  if (typeof dcb !== 'object' || dcb === null) throw invalid('dcb', dcb, 'what DCB() or GetCommState() made')
  const bytes = fixedMemory(dcbSize)
  for (const [name, member] of Object.entries(dcbLayout)) {
    const given: unknown = dcb[name as keyof PyDCB]
    const value = (characters as readonly string[]).includes(name) ? codeOf(name, given) : given
    const most = largest(member)
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
      throw invalid(name, given, `a whole number from 0 to ${most}`)
    encode(dcbLayout, bytes, { [name]: value })
  }
  return bytes
}

/** The number of a character. */
export function codeOf(name: string, character: unknown): number {
  if (typeof character === 'string' && character.length === 1 && character.charCodeAt(0) <= 0xff)
    return character.charCodeAt(0)
  throw invalid(name, character, 'text of one character, \\x00 to \\xff')
}

/** What holds a port up and how much waits: the members of `COMSTAT`. Flags are 0 or 1, `cbInQue` and `cbOutQue` bytes. */
export type PyCOMSTAT = Members<typeof comstatLayout>

export function decodeComstat(bytes: Uint8Array): PyCOMSTAT {
  return decode(comstatLayout, bytes)
}
