/** What begins a Telnet command; among data it stands twice. Source of these: RFC 854. */
export const iac = 255

/** Begins and ends a sub-negotiation. */
export const sb = 250
export const se = 240

/** Says nothing, and is answered by nobody. */
export const nop = 241

/** How an option is negotiated: will and won't speak of the sender's side, do and don't of the receiver's. */
export const verbs = { will: 251, wont: 252, do: 253, dont: 254 } as const
export type Verb = keyof typeof verbs

/** The options that RFC 2217 rests on, and its own. Sources: RFC 856, RFC 858, RFC 2217. */
export const options = { binary: 0, suppressGoAhead: 3, comPort: 44 } as const
export type Option = keyof typeof options

/** Asked for with a do, it is answered by everybody, if only with a won't: so it asks whether somebody is there. Source: RFC 860. */
export const timingMark = 6

/** The data as it stands on a Telnet connection: the data itself where there is no IAC in it, otherwise memory of its own. */
export function escape(data: Uint8Array): Uint8Array {
  const places = placesOfIac(data)
  if (places.length === 0) return data
  return fill(Buffer.allocUnsafe(data.byteLength + places.length), data, places)
}

/**
 * The same into memory that is used again and again, which is at least twice as large.
 *
 * @returns the part of it that was filled
 */
export function escapeInto(memory: Buffer, data: Uint8Array): Uint8Array {
  const places = placesOfIac(data)
  return fill(memory.subarray(0, data.byteLength + places.length), data, places)
}

function placesOfIac(data: Uint8Array): number[] {
  const places: number[] = []
  for (let at = data.indexOf(iac); at !== -1; at = data.indexOf(iac, at)) {
    // Runs of them, such as erased flash has, are not worth a search each.
    while (data[at] === iac) places.push(at++)
  }
  return places
}

/** All is copied in one piece; then what stands behind each IAC makes room for it, from the end: byte by byte takes much longer. */
function fill(escaped: Buffer, data: Uint8Array, places: readonly number[]): Buffer {
  escaped.set(data)
  let stop = data.byteLength
  for (let index = places.length - 1; index >= 0; index--) {
    const place = places[index] as number
    const first = place + index
    if (place + 1 < stop) escaped.copyWithin(first + 2, place + 1, stop)
    escaped[first] = escaped[first + 1] = iac
    stop = place
  }
  return escaped
}
