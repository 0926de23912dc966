import { fixedMemory } from '../native/win32/index.ts'
import { invalid } from '../validate.ts'
import { PyHANDLE } from './handle.ts'
import type { HandleLike } from './handle.ts'
import { PyOVERLAPPED } from './overlapped.ts'
import { PySECURITY_ATTRIBUTES } from './security-attributes.ts'

/** What stands between a caller's arguments and the system: it gets what it expects, or is not called at all. */

/** A flag as Python has it: 0, 1, True or False. */
export type Flag = boolean | number

export const bool = (flag: Flag): number => (flag ? 1 : 0)

/** The number of a handle; 0 for one that was closed, which the system refuses with error 6. */
export function handleNumber(name: string, handle: HandleLike): number {
  if (handle instanceof PyHANDLE) return handle.handle
  if (Number.isSafeInteger(handle)) return handle
  throw invalid(name, handle, 'a PyHANDLE or the number of a handle')
}

/** The same, where Python takes None for "no handle". */
export function optionalHandle(name: string, handle: HandleLike | null): number {
  return handle === null ? 0 : handleNumber(name, handle)
}

/** 32 bits. `|` in JavaScript gives a negative number where the topmost bit is set: that is the same 32 bits. */
export function dword(name: string, value: number): number {
  if (Number.isInteger(value) && value >= -0x80000000 && value <= 0xffffffff) return value >>> 0
  throw invalid(name, value, 'a whole number of 32 bits')
}

/** The DWORD that a call has filled in. */
export const wordOf = (bytes: Uint8Array): number => new DataView(bytes.buffer).getUint32(0, true)

/** A number of bytes, or a count: not negative, and of 31 bits. */
export function count(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0x7fffffff) return value
  throw invalid(name, value, 'a whole number from 0 to 2147483647')
}

/** The number of a character. */
export function byte(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0xff) return value
  throw invalid(name, value, 'text of one character, or a whole number from 0 to 255')
}

/** Text that ends in C where it ends in JavaScript. */
export function wide(name: string, text: string): string {
  if (typeof text === 'string' && !text.includes('\0')) return text
  throw invalid(name, text, 'text without NUL')
}

export function optionalWide(name: string, text: string | null): string | null {
  return text === null ? null : wide(name, text)
}

export function readBuffer<B extends Uint8Array>(name: string, buffer: B): B {
  if (buffer instanceof Uint8Array) return buffer
  throw invalid(name, buffer, 'a number of bytes, or a Uint8Array such as AllocateReadBuffer makes')
}

/** The bytes to send, in memory of their own: the caller may do with theirs what they like. */
export function ownBytes(name: string, data: string | Uint8Array): Uint8Array {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  if (!(bytes instanceof Uint8Array)) throw invalid(name, data, 'a string or a Uint8Array')
  const own = fixedMemory(bytes.byteLength)
  own.set(bytes)
  return own
}

export function overlappedOf(name: string, overlapped: PyOVERLAPPED): PyOVERLAPPED {
  if (overlapped instanceof PyOVERLAPPED) return overlapped
  throw invalid(name, overlapped, 'what OVERLAPPED() made')
}

export function securityBytes(name: string, attributes: PySECURITY_ATTRIBUTES | null): Uint8Array | null {
  if (attributes === null) return null
  if (attributes instanceof PySECURITY_ATTRIBUTES) return attributes.encode()
  throw invalid(name, attributes, 'null or what SECURITY_ATTRIBUTES() made')
}
