import { ERROR_MORE_DATA } from '../winerror.ts'
import { Dword, grown } from './grown.ts'
import { advapi32 } from './setupapi.ts'
import { wideString } from './text.ts'

/** Source: Microsoft Learn, "Predefined Keys"; the number is winreg.h's, as wide as a pointer and negative. */
const HKEY_LOCAL_MACHINE = 0x80000002 | 0
/** Source: Microsoft Learn, "Registry Key Security and Access Rights". */
export const KEY_QUERY_VALUE = 0x1

/** A string of an open key; undefined when there is none of the name. */
export function stringValue(key: number, name: string): string | undefined {
  const size = new Dword()
  const bytes = grown((buffer) => {
    size.value = buffer.byteLength
    const error = advapi32.RegQueryValueExW(key, name, null, null, buffer, size.bytes)
    if (error === ERROR_MORE_DATA) return { needs: size.value }
    return error === 0 ? { length: size.value } : undefined
  })
  return bytes && wideString(bytes)
}

/** Longer names are not possible. Source: Microsoft Learn, "Registry Element Size Limits". */
const longestName = 16_383

/** The strings of a key of this machine; none when it is not there. */
export function stringValues(path: string): string[] {
  const result = new BigInt64Array(1)
  const out = new Uint8Array(result.buffer)
  if (advapi32.RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, KEY_QUERY_VALUE, out) !== 0) return []
  const key = Number(result[0])
  try {
    return enumerate(key)
  } finally {
    advapi32.RegCloseKey(key)
  }
}

function enumerate(key: number): string[] {
  const values: string[] = []
  const name = new Uint8Array((longestName + 1) * 2)
  const nameLength = new Dword()
  const size = new Dword()
  for (let index = 0; ; index++) {
    const bytes = grown((buffer) => {
      nameLength.value = longestName + 1
      size.value = buffer.byteLength
      const error = advapi32.RegEnumValueW(key, index, name, nameLength.bytes, null, null, buffer, size.bytes)
      if (error === ERROR_MORE_DATA) return { needs: size.value }
      return error === 0 ? { length: size.value } : undefined
    })
    if (bytes === undefined) return values
    values.push(wideString(bytes))
  }
}
