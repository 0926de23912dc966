import { bind } from '../../src/native/ffi.ts'
import { win32con, win32event, win32file } from '../../src/win32/index.ts'
import type { pywintypes } from '../../src/win32/index.ts'

const ntdll = bind('ntdll.dll', {
  NtQuerySystemInformation: {
    returns: 'DWORD',
    takes: [
      'DWORD SystemInformationClass',
      'pointer SystemInformation',
      'DWORD SystemInformationLength',
      'pointer ReturnLength',
    ],
  },
})

/** Not in Microsoft's documents; the same since Windows XP. Source: phnt, ntexapi.h, SYSTEM_HANDLE_INFORMATION_EX. */
const SystemExtendedHandleInformation = 64
const STATUS_INFO_LENGTH_MISMATCH = 0xc0000004
const header = 16
const entry = { size: 40, process: 8, handle: 16, type: 30 } as const

let size = 64 * 1024

/** One after the other, the handles of all processes. */
function everyHandle(): Buffer {
  for (;;) {
    const table = Buffer.alloc(size)
    const status = ntdll.NtQuerySystemInformation(SystemExtendedHandleInformation, table, size, null)
    if (status === 0) return table
    if (status !== STATUS_INFO_LENGTH_MISMATCH) throw new Error(`NtQuerySystemInformation: ${status}`)
    size *= 2
  }
}

/** The handles of this process by number, each with a number that stands for its kind. */
function ownHandles(): Map<number, number> {
  const table = everyHandle()
  const own = new Map<number, number>()
  const count = Number(table.readBigUInt64LE(0))
  for (let at = header; at < header + count * entry.size; at += entry.size) {
    if (Number(table.readBigUInt64LE(at + entry.process)) !== process.pid) continue
    own.set(Number(table.readBigUInt64LE(at + entry.handle)), table.readUInt16LE(at + entry.type))
  }
  return own
}

/** How many handles this process has. (For GetProcessHandleCount that is 0 in Wine.) */
export function handleCount(): number {
  return ownHandles().size
}

/** How many of them are files and ports, and how many are events: the kinds that a port has. */
export function portHandles(): { files: number; events: number } {
  const { FILE_SHARE_READ, GENERIC_READ, OPEN_EXISTING } = win32con
  using file = win32file.CreateFile(
    process.execPath,
    GENERIC_READ,
    FILE_SHARE_READ,
    null,
    OPEN_EXISTING,
    0,
    null,
  )
  using event = win32event.CreateEvent(null, true, false, null)
  const own = ownHandles()
  const like = (handle: pywintypes.PyHANDLE) => {
    const kind = own.get(handle.handle)
    return [...own.values()].filter((other) => other === kind).length - 1
  }
  return { files: like(file), events: like(event) }
}
