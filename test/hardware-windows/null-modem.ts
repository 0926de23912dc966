// A null-modem cable of the hardware lab, in Wine: COM ports on ttyNM0 and ttyNM1. Wine shows the system as drive Z.
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { win32event, win32file } from '../../src/win32/index.ts'
import type { pywintypes } from '../../src/win32/index.ts'
import { eventually } from '../support/wait.ts'
import { needsPorts, overlappedWithEvent } from '../win32/com.ts'

const lacking = 'needs the hardware lab: npm run test:hardware'

/** Why a test that needs this hardware can't run here, or false. */
export const needsHardware: string | false =
  needsPorts || (process.env['BAUD_HARDWARE'] === undefined ? lacking : false)

type Handle = pywintypes.PyHANDLE

const sysfs = 'Z:\\sys\\class\\tty\\'

/** How many ms ago the last stop bit of the first port left. */
export function idleFor(): number {
  return Number(readFileSync(`${sysfs}ttyNM0\\idle_for`, 'utf8')) / 1e6
}

/** Rings, or stops ringing, at the first port. */
export function ring(on: boolean): void {
  writeFileSync(`${sysfs}ttyNM1\\ring`, on ? '1' : '0', { flag: 'r+' })
}

/** How long after the last stop bit something had ended, in ms; negative: too early. `ended` by `performance.now`. */
export async function lateness(ended: number): Promise<number> {
  // Until what may still be in the UART has left.
  await sleep(40)
  const now = performance.now()
  return idleFor() - (now - ended)
}

/** Sets ports alike, with nothing that stops the flow unless it is asked for. */
export function setAll(ports: readonly Handle[], changes: Partial<win32file.PyDCB>): void {
  const plain = { fOutxCtsFlow: 0, fOutxDsrFlow: 0, fDtrControl: 1, fRtsControl: 1, fOutX: 0, fInX: 0 }
  for (const port of ports)
    win32file.SetCommState(port, { ...win32file.GetCommState(port), ...plain, ...changes })
}

/** Waits for events of the line while something brings them about; returns those that came. */
export async function eventsOf(port: Handle, mask: number, cause: () => unknown): Promise<number> {
  win32file.SetCommMask(port, mask)
  const overlapped = overlappedWithEvent()
  win32file.WaitCommEvent(port, overlapped)
  await cause()
  const happened = () => win32event.WaitForSingleObject(overlapped.hEvent, 0) === win32event.WAIT_OBJECT_0
  try {
    await eventually('an event of the line', happened)
  } finally {
    // Ends the wait where nothing came.
    win32file.SetCommMask(port, 0)
  }
  win32file.GetOverlappedResult(port, overlapped, true)
  return overlapped.dword
}
