import { kernel32 } from './kernel32.ts'
import { ERROR_INSUFFICIENT_BUFFER } from './winerror.ts'

/**
 * The object of the system that a name leads to: `COM5` to `\Device\VCP0`; undefined for a name that there is not. Nothing
 * is opened. Source: Microsoft Learn, "QueryDosDeviceW function (fileapi.h)".
 */
export function dosDevice(name: string): string | undefined {
  for (let characters = 512; characters <= 65_536; characters *= 2) {
    const buffer = Buffer.alloc(characters * 2)
    // What it leads to now, and then what it led to before, each ended by a NUL.
    const length = kernel32.QueryDosDeviceW(name, buffer, characters)
    if (length !== 0) return buffer.toString('utf16le', 0, length * 2).split('\0', 1)[0]
    if (kernel32.GetLastError() !== ERROR_INSUFFICIENT_BUFFER) return undefined
  }
  return undefined
}
