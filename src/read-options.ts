import { types } from 'node:util'
import type { WaitOptions } from './bound.ts'
import { integer, invalid, oneOf, refuseUnknown } from './validate.ts'

/** Options of `readUntil()`. */
export interface ReadUntilOptions extends WaitOptions {
  /** Give up looking for the delimiter after so many bytes, and return those. From 1; default 1 MiB. */
  readonly maxBytes?: number | undefined
}

/** Options of `readLine()` and `lines()`. */
export interface ReadLineOptions extends ReadUntilOptions {
  /** What ends a line. Default `'\n'`, of which a `'\r'` before it is taken to be a part. */
  readonly lineEnd?: string | undefined
  /** How the bytes spell the text. Default `'utf8'`. */
  readonly encoding?: TextEncoding | undefined
}

/** How bytes spell text: one byte for each ASCII character, so that a line end is found wherever it stands. */
export type TextEncoding = 'utf8' | 'latin1' | 'ascii'

const encodings = oneOf(['utf8', 'latin1', 'ascii'])
const lineOptions = ['timeout', 'signal', 'maxBytes', 'lineEnd', 'encoding']
const mostBytes = 2 ** 31 - 1
const sizes = integer(0, mostBytes, 'bytes')
const defaultMaxBytes = 1024 * 1024
const newline = Uint8Array.of(0x0a)

/** Throws `INVALID_OPTION` unless it is a number of bytes. */
export function toSize(size: number, least: 0 | 1): number {
  if (!sizes.accepts(size) || size < least)
    throw invalid('size', size, `a whole number of bytes from ${least} to ${mostBytes}`)
  return size
}

/** What is to be sent, as bytes; throws `INVALID_OPTION`. */
export function toBytes(data: string | Uint8Array): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data)
  if (!types.isUint8Array(data)) throw invalid('data', data, 'a string or a Uint8Array')
  const kind: unknown = Object.getPrototypeOf(data)
  if (kind === Buffer.prototype || kind === Uint8Array.prototype) return data
  // Of a class of its own: parts of such data are made by that class, which may make them of anything.
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** Throws `INVALID_OPTION`. */
export function checkUntil(
  delimiter: string | Uint8Array,
  options: ReadUntilOptions,
): { bytes: Uint8Array; maxBytes: number } {
  const bytes = typeof delimiter === 'string' ? Buffer.from(delimiter) : delimiter
  if (!types.isUint8Array(bytes) || bytes.byteLength === 0) {
    throw invalid('delimiter', delimiter, 'a string or a Uint8Array, not empty')
  }
  // A copy: whoever waits for it looks at it for as long as that takes.
  return { bytes: Uint8Array.from(bytes), maxBytes: checkMost(options) }
}

/** Throws `INVALID_OPTION`. */
export function checkText(options: ReadLineOptions): {
  bytes: Uint8Array
  maxBytes: number
  encoding: TextEncoding
} {
  const maxBytes = checkMost(options)
  const { encoding = 'utf8', lineEnd } = options
  if (!encodings.accepts(encoding)) throw invalid('encoding', encoding, encodings.allowed)
  if (lineEnd === undefined) return { bytes: newline, maxBytes, encoding }
  if (typeof lineEnd !== 'string' || lineEnd === '') throw invalid('lineEnd', lineEnd, 'a string, not empty')
  return { bytes: Buffer.from(lineEnd, encoding), maxBytes, encoding }
}

function checkMost(options: ReadUntilOptions): number {
  if (typeof options !== 'object' || options === null) throw invalid('options', options, 'an object')
  refuseUnknown('options', options, lineOptions)
  const { maxBytes } = options
  if (maxBytes !== undefined) toMost(maxBytes)
  return maxBytes ?? defaultMaxBytes
}

function toMost(maxBytes: number): void {
  if (!sizes.accepts(maxBytes) || maxBytes === 0) {
    throw invalid('maxBytes', maxBytes, `a whole number of bytes from 1 to ${mostBytes}`)
  }
}
