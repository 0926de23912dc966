import { UsageError } from './exit.ts'

/** Bytes written as hex: `01 03 00`, `010300`, `0x01,0x03`. */
export function parseHex(text: string): Uint8Array {
  const groups = text.split(/[\s,:]+/).filter((group) => group !== '')
  const digits = groups.map((group) => toDigits(text, group.replace(/^0x/i, '')))
  return Buffer.from(digits.join(''), 'hex')
}

function toDigits(text: string, group: string): string {
  if (!/^[0-9a-f]+$/i.test(group))
    throw new UsageError(`${JSON.stringify(text)} is not hex: "${group}" has other characters than 0-9, a-f`)
  if (group.length === 1) return `0${group}`
  if (group.length % 2 === 0) return group
  throw new UsageError(`${JSON.stringify(text)} is not hex: "${group}" has an odd number of digits`)
}

const escapes: Readonly<Record<string, number>> = { '0': 0, t: 9, n: 10, r: 13, e: 27, '\\': 92 }
const escape = /\\(?:x([0-9a-f]{2})|([^x])|(.?))/gis

/** Text with `\n`, `\r`, `\t`, `\0`, `\e`, `\\` and `\xNN` for what is hard to type. `\xNN` is that byte, whatever the encoding. */
export function unescape(text: string): Uint8Array {
  const parts: Uint8Array[] = []
  let end = 0
  for (const match of text.matchAll(escape)) {
    const [whole, hex, letter = ''] = match
    const byte = hex === undefined ? escapes[letter] : Number.parseInt(hex, 16)
    if (byte === undefined)
      throw new UsageError(`"${whole}" is no escape; known are \\n \\r \\t \\0 \\e \\\\ and \\xNN`)
    parts.push(Buffer.from(text.slice(end, match.index)), Uint8Array.of(byte))
    end = match.index + whole.length
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(end))])
}

export type LineEnd = 'none' | 'cr' | 'lf' | 'crlf'

export const lineEnds: Readonly<Record<LineEnd, string>> = { none: '', cr: '\r', lf: '\n', crlf: '\r\n' }
