import assert from 'node:assert/strict'
import { dcbSize, fixedMemory, kernel32 } from '../../src/native/win32/index.ts'
import { pywintypes, win32con, win32file, winerror } from '../../src/win32/index.ts'
import { inWine } from './platform.ts'
import type { System } from './system.ts'

/** With share mode 0, and nothing done to it. */
function openPort(path: string): pywintypes.PyHANDLE {
  const access = win32con.GENERIC_READ | win32con.GENERIC_WRITE
  return win32file.CreateFile(`\\\\.\\${path}`, access, 0, null, win32con.OPEN_EXISTING, 0, null)
}

/** Where somebody has it open this fails; not so in Wine. */
function assertFree(path: string): void {
  openPort(path).Close()
}

/** Nothing is asserted in Wine, which lets a port be opened twice. */
function assertHeld(path: string): void {
  if (inWine) return
  assert.throws(
    () => openPort(path).Close(),
    (error) => error instanceof pywintypes.error && error.winerror === winerror.ERROR_ACCESS_DENIED,
  )
}

/** Its DCB as hexadecimal digits. Only in Wine it can be had while somebody else has the port open. */
function attributes(path: string): string {
  using handle = openPort(path)
  const dcb = fixedMemory(dcbSize)
  assert.notEqual(kernel32.GetCommState(handle.handle, dcb), 0)
  return Buffer.from(dcb).toString('hex')
}

function unsettle(path: string): void {
  using handle = openPort(path)
  const dcb = win32file.GetCommState(handle)
  dcb.BaudRate = 1200
  win32file.SetCommState(handle, dcb)
}

export const comPort: System = {
  assertFree,
  assertLetGo: assertFree,
  // After `terminate()` a thread's ports stay open until the process ends.
  assertLetGoByThread() {},
  assertHeld,
  attributes,
  unsettle,
}
