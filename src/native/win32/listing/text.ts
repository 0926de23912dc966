/** What a buffer of wide characters says, up to the first NUL: what a registry holds need not end in one. */
export function wideString(bytes: Uint8Array): string {
  return wideStrings(bytes)[0] ?? ''
}

/** The strings of a list, each ended by a NUL, up to an empty one. Source: Microsoft Learn, "Registry Value Types", REG_MULTI_SZ. */
export function wideStrings(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf16le')
  const strings = text.split('\0')
  const end = strings.indexOf('')
  return end === -1 ? strings : strings.slice(0, end)
}

/**
 * A string as a driver's INF file gives it may name a text in the user's language, with one in English behind it:
 * `@oem12.inf,%desc%;USB Serial Port`. Windows puts the first in its place; where nobody did, the second is meant.
 */
export function withoutReference(text: string): string {
  return text.startsWith('@') ? text.slice(text.indexOf(';') + 1) : text
}
