/** Where a member of a C structure stands: its offset and width in bytes, and for a bit field the first bit and their number. */
type Member = readonly [offset: number, width: 1 | 2 | 4, shift?: number, bits?: number]

/** The members of a structure by name. */
export type Layout = Readonly<Record<string, Member>>

/** The members' values: all unsigned. */
export type Members<L extends Layout> = { -readonly [Name in keyof L]: number }

/** The largest value a member can hold. */
export function largest([, width, , bits = width * 8]: Member): number {
  return 2 ** bits - 1
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function readWord(view: DataView, offset: number, width: 1 | 2 | 4): number {
  if (width === 1) return view.getUint8(offset)
  return width === 2 ? view.getUint16(offset, true) : view.getUint32(offset, true)
}

function writeWord(view: DataView, offset: number, width: 1 | 2 | 4, value: number): void {
  if (width === 1) view.setUint8(offset, value)
  else if (width === 2) view.setUint16(offset, value, true)
  else view.setUint32(offset, value, true)
}

/** What the bytes of a structure say. */
export function decode<const L extends Layout>(layout: L, bytes: Uint8Array): Members<L> {
  const view = viewOf(bytes)
  const values = Object.entries(layout).map(([name, member]) => {
    const [offset, width, shift = 0] = member
    // Divided, not shifted: a shift would make the topmost bit a sign.
    const value = Math.floor(readWord(view, offset, width) / 2 ** shift) % (largest(member) + 1)
    return [name, value] as const
  })
  return Object.fromEntries(values) as Members<L>
}

/** Writes members into the bytes of a structure; those that are not named stay as they are. */
export function encode<const L extends Layout>(
  layout: L,
  bytes: Uint8Array,
  values: Partial<Members<L>>,
): void {
  const view = viewOf(bytes)
  for (const [name, value] of Object.entries(values as Record<string, number>)) {
    const member = layout[name]
    if (member === undefined) continue
    const [offset, width, shift] = member
    writeWord(view, offset, width, shift === undefined ? value : inside(view, member, shift, value))
  }
}

/** The word that a bit field is part of, with this value in the field. */
function inside(view: DataView, member: Member, shift: number, value: number): number {
  const [offset, width] = member
  const mask = (largest(member) * 2 ** shift) >>> 0
  return ((readWord(view, offset, width) & ~mask) | ((value * 2 ** shift) & mask)) >>> 0
}
