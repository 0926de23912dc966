// pySerial 1.1's read, line for line, with the defect that its own comment admits to.
import { win32event, win32file } from 'baud/win32'
import { Port, portArgument, portNotOpenError } from './port.ts'
import type { Timeout } from './port.ts'

/** What 1.1 tells the driver: the same time as its own wait takes, so that the two race. */
export function timeoutsOf(timeout: Timeout): win32file.CommTimeouts {
  return timeout ? [ms(timeout), 0, ms(timeout), 0, 0] : [0, 0, 0, 0, 0]
}

/** `timeout*1000`, which Python cuts to a whole number where it becomes one of C's. */
const ms = (timeout: number): number => Math.trunc(timeout * 1000)

/** "read num bytes from serial port" */
export function read(self: Port, size: number = 1): Buffer {
  if (!self.hComPort) throw portNotOpenError()
  let read = Buffer.alloc(0)
  if (size > 0) {
    while (read.length < size) {
      // Clears the device's error flag, so that reading can go on, and tells its state; neither is looked at.
      win32file.ClearCommError(self.hComPort)
      // Resets the event, starts to read, and returns at once with a buffer that the system fills from now on.
      const [, buf] = win32file.ReadFile(self.hComPort, size - read.length, self.overlapped)
      if (self.timeout) {
        const rc = win32event.WaitForSingleObject(self.overlapped.hEvent, ms(self.timeout))
        // "if reading more than 1 byte data can be lost when a timeout occours!!!!" The wait has given up. The read has
        // not: it is still under way, it owns `buf` and `self.overlapped`, and what it has got so far is in a buffer
        // that nobody will ever look at.
        if (rc === win32event.WAIT_TIMEOUT) break
      } else {
        win32event.WaitForSingleObject(self.overlapped.hEvent, win32event.INFINITE)
      }
      // All of the buffer, however much of it was read.
      read = Buffer.concat([read, buf])
    }
  }
  return read
}

/** The same, while the event loop runs on. */
export async function readAsync(self: Port, size: number = 1): Promise<Buffer> {
  if (!self.hComPort) throw portNotOpenError()
  let read = Buffer.alloc(0)
  if (size > 0) {
    while (read.length < size) {
      win32file.ClearCommError(self.hComPort)
      const [, buf] = win32file.ReadFile(self.hComPort, size - read.length, self.overlapped)
      if (self.timeout) {
        const rc = await win32event.WaitForSingleObjectAsync(self.overlapped.hEvent, ms(self.timeout))
        if (rc === win32event.WAIT_TIMEOUT) break
      } else {
        await win32event.WaitForSingleObjectAsync(self.overlapped.hEvent, win32event.INFINITE)
      }
      read = Buffer.concat([read, buf])
    }
  }
  return read
}

const name = portArgument(import.meta.url)
if (name !== undefined) {
  using port = new Port(name, 2, timeoutsOf)
  console.log(read(port, 5))
}
