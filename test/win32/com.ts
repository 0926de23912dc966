// COM ports for the tests: two that are joined by a cable, from lab/wine, or from whoever runs this on Windows.
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { win32con, win32event, win32file } from '../../src/win32/index.ts'
import type { pywintypes } from '../../src/win32/index.ts'

const { BAUD_COM_A, BAUD_COM_B } = process.env

/** Why a test that needs Windows can't run here, or false. */
export const needsWindows: string | false =
  process.platform !== 'win32' && 'needs Windows: node lab/wine/run.mjs'

/** Why a test that needs ports can't run here, or false. */
export const needsPorts: string | false =
  (BAUD_COM_A === undefined || BAUD_COM_B === undefined) && 'needs COM ports: node lab/wine/run.mjs'

/** The names of the ports. */
export const names = { a: BAUD_COM_A ?? '', b: BAUD_COM_B ?? '' }

type Handle = pywintypes.PyHANDLE

/** Opens a port for overlapped operations, emptied, with time-outs that let a read wait for all its bytes. */
export function openCom(name: string, flags: number = win32con.FILE_FLAG_OVERLAPPED): Handle {
  const access = win32con.GENERIC_READ | win32con.GENERIC_WRITE
  const handle = win32file.CreateFile(`\\\\.\\${name}`, access, 0, null, win32con.OPEN_EXISTING, flags, null)
  win32file.SetCommTimeouts(handle, [0, 0, 0, 0, 0])
  win32file.PurgeComm(handle, win32con.PURGE_RXCLEAR | win32con.PURGE_TXCLEAR)
  return handle
}

/** Runs with both ports open, and closes them. */
export async function withPorts(work: (a: Handle, b: Handle) => unknown): Promise<void> {
  const [a, b] = [openCom(names.a), openCom(names.b)]
  try {
    await work(a, b)
  } finally {
    a.Close()
    b.Close()
  }
}

/** An OVERLAPPED with an event of its own. */
export function overlappedWithEvent(manualReset: boolean = true): pywintypes.PyOVERLAPPED {
  const overlapped = win32file.OVERLAPPED()
  overlapped.hEvent = win32event.CreateEvent(null, manualReset, false, null)
  return overlapped
}

/** Sends all of it before it returns. */
export function send(port: Handle, data: string | Uint8Array): void {
  const overlapped = overlappedWithEvent()
  win32file.WriteFile(port, data, overlapped)
  win32file.GetOverlappedResult(port, overlapped, true)
}

/** Waits until so much has arrived that it can be read without waiting. */
export async function arrived(port: Handle, count: number): Promise<void> {
  const end = performance.now() + 2000
  while (win32file.ClearCommError(port)[1].cbInQue < count) {
    if (performance.now() > end) throw new Error(`${count} bytes did not arrive`)
    await sleep(1)
  }
}

/** Reads exactly so much, blocking. */
export function receive(port: Handle, count: number): Buffer {
  const overlapped = overlappedWithEvent()
  const [, buffer] = win32file.ReadFile(port, count, overlapped)
  return buffer.subarray(0, win32file.GetOverlappedResult(port, overlapped, true))
}

let files = 0

/** A file with this content, and its path. */
export function fileWith(content: string | Uint8Array): string {
  const file = path.join(tmpdir(), `baud-${process.pid}-${++files}`)
  writeFileSync(file, content)
  return file
}
