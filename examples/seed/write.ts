// pySerial 1.1's write, line for line, and the same with the question that it does not ask: how did it end?
import { win32event, win32file } from 'baud/win32'
import { overlappedWithEvent, Port, portArgument, portNotOpenError } from './port.ts'

/** "write string to serial port" */
export function write(self: Port, s: string | Uint8Array): void {
  if (!self.hComPort) throw portNotOpenError()
  // Each write has an OVERLAPPED and an event of its own: two that are under way at once do not know of each other.
  const overlapped = win32file.OVERLAPPED()
  overlapped.hEvent = win32event.CreateEvent(null, 0, 0, null)
  // Returns 997, ERROR_IO_PENDING, when it is under way, and that is no failure; or 0 when it has ended already.
  win32file.WriteFile(self.hComPort, s, overlapped)
  // Wait for the write to complete. The calling thread sleeps; the wait resets this event, since it is auto-reset.
  win32event.WaitForSingleObject(overlapped.hEvent, win32event.INFINITE)
}

/** The same, while the event loop runs on. */
export async function writeAsync(
  self: Port,
  s: string | Uint8Array,
  options?: win32event.WaitOptions,
): Promise<void> {
  if (!self.hComPort) throw portNotOpenError()
  const overlapped = win32file.OVERLAPPED()
  overlapped.hEvent = win32event.CreateEvent(null, 0, 0, null)
  win32file.WriteFile(self.hComPort, s, overlapped)
  await win32event.WaitForSingleObjectAsync(overlapped.hEvent, win32event.INFINITE, options)
}

/**
 * The event says that the write has ended, not that it has sent anything: a write time-out, a purge, a cancel and an
 * unplugged adapter signal it as well. Only GetOverlappedResult tells how many bytes were taken, or throws what went
 * wrong. It waits too; and since it may look at the event after somebody's wait did, the event has manual reset.
 *
 * @returns how many bytes were taken
 */
export function writeCounted(self: Port, s: string | Uint8Array): number {
  if (!self.hComPort) throw portNotOpenError()
  const overlapped = overlappedWithEvent(1)
  win32file.WriteFile(self.hComPort, s, overlapped)
  return win32file.GetOverlappedResult(self.hComPort, overlapped, 1)
}

/** The same, while the event loop runs on. */
export async function writeCountedAsync(
  self: Port,
  s: string | Uint8Array,
  options?: win32event.WaitOptions,
): Promise<number> {
  if (!self.hComPort) throw portNotOpenError()
  const overlapped = overlappedWithEvent(1)
  win32file.WriteFile(self.hComPort, s, overlapped)
  return win32file.GetOverlappedResultAsync(self.hComPort, overlapped, options)
}

const name = portArgument(import.meta.url)
if (name !== undefined) {
  using port = new Port(name, null, () => [0, 0, 0, 0, 0])
  write(port, 'hello\r\n')
  console.log(`${writeCounted(port, 'hello again\r\n')} bytes`)
}
