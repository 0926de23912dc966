import { SerialError } from '../../errors.ts'
import { bind } from '../ffi.ts'
import type { Bound, Declarations } from '../ffi.ts'

/** Where a pointer has 64 bits, as the offsets of our structures take for granted; the two lay structures out alike. */
const architectures: readonly string[] = ['x64', 'arm64']

/** Typed calls into a library of Windows. They throw `UNSUPPORTED` on other systems, and in a program of 32 bits. */
export function bindWindows<const Table extends Declarations>(library: string, table: Table): Bound<Table> {
  const name = () => {
    if (architectures.includes(process.arch)) return library
    const message = `baud needs a 64-bit Node.js on Windows, for x64 or arm64; this one is for ${process.arch}`
    throw new SerialError('UNSUPPORTED', message)
  }
  const missing = (cause: unknown) =>
    new SerialError('UNSUPPORTED', `this call is part of Windows: there is no ${library} here`, { cause })
  return bind(name, table, missing)
}
