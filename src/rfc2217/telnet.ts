/** What begins a Telnet command; among data it stands twice. Source of these: RFC 854. */
export const iac = 255

/** Begins and ends a sub-negotiation. */
export const sb = 250
export const se = 240

/** How an option is negotiated: will and won't speak of the sender's side, do and don't of the receiver's. */
export const verbs = { will: 251, wont: 252, do: 253, dont: 254 } as const
export type Verb = keyof typeof verbs

/** The options that RFC 2217 rests on, and its own. Sources: RFC 856, RFC 858, RFC 2217. */
export const options = { binary: 0, suppressGoAhead: 3, comPort: 44 } as const
export type Option = keyof typeof options

/** The data as it stands on a Telnet connection: the data itself where there is no IAC in it, otherwise memory of its own. */
export function escape(data: Uint8Array): Uint8Array {
  const first = data.indexOf(iac)
  if (first === -1) return data
  // Twice as much is what it takes at worst, and a sixteenth more with most data.
  const usual = Buffer.allocUnsafe(data.byteLength + (data.byteLength >> 4) + 16)
  return fill(usual, data, first) ?? (fill(Buffer.allocUnsafe(2 * data.byteLength), data, first) as Buffer)
}

/**
 * The same into memory that is used again and again, which is at least twice as large.
 *
 * @returns the part of it that was filled
 */
export function escapeInto(memory: Buffer, data: Uint8Array): Uint8Array {
  return fill(memory, data, data.indexOf(iac)) as Buffer
}

/** A search looks at many bytes at a time, so what stands between two IACs is copied in one piece. Undefined where it does not fit. */
function fill(escaped: Buffer, data: Uint8Array, first: number): Buffer | undefined {
  // A length that is asked for each byte costs more than the byte.
  const { byteLength } = data
  const room = escaped.byteLength
  let begin = 0
  let end = 0
  for (let found = first; found !== -1; found = data.indexOf(iac, begin)) {
    // The rest, and the IAC once more.
    if (end + byteLength - begin + 1 > room) return undefined
    escaped.set(data.subarray(begin, found), end)
    end += found - begin
    begin = found
    // Runs of them, such as erased flash has, are not worth a search each.
    while (data[begin] === iac && end + 2 <= room) {
      escaped[end++] = iac
      escaped[end++] = iac
      begin++
    }
  }
  if (end + byteLength - begin > room) return undefined
  escaped.set(data.subarray(begin), end)
  return escaped.subarray(0, end + byteLength - begin)
}
