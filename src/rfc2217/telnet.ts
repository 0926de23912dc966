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

/** A copy of the data as it stands on a Telnet connection. */
export function escape(data: Uint8Array): Uint8Array {
  let extra = 0
  for (let index = 0; index < data.byteLength; index++) if (data[index] === iac) extra++
  if (extra === 0) return Uint8Array.from(data)
  const escaped = new Uint8Array(data.byteLength + extra)
  let end = 0
  for (let index = 0; index < data.byteLength; index++) {
    const byte = data[index] as number
    escaped[end++] = byte
    if (byte === iac) escaped[end++] = iac
  }
  return escaped
}
