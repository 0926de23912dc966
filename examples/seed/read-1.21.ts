// pySerial 1.21's read, line for line: it lets the driver keep the time, and asks how much was read.
import { win32con, win32event, win32file } from 'baud/win32'
import { Port, portArgument, portNotOpenError } from './port.ts'
import type { Timeout } from './port.ts'

/** For ever: no time-outs. Not at all: what there is, at once. Else the whole read has so many milliseconds. */
export function timeoutsOf(timeout: Timeout): win32file.CommTimeouts {
  if (timeout === null) return [0, 0, 0, 0, 0]
  if (timeout === 0) return [win32con.MAXDWORD, 0, 0, 0, 0]
  return [0, 0, Math.trunc(timeout * 1000), 0, 0]
}

/** "read num bytes from serial port" */
export function read(self: Port, size: number = 1): Buffer {
  if (!self.hComPort) throw portNotOpenError()
  let read: Buffer
  if (size > 0) {
    // Lost by the seed. ReadFile resets the event itself when it begins: this is a belt beside the braces.
    win32event.ResetEvent(self._overlappedRead.hEvent)
    // Clears the error flag, and tells how many bytes no read has taken yet.
    const [, comstat] = win32file.ClearCommError(self.hComPort)
    if (self.timeout === 0) {
      const n = Math.min(comstat.cbInQue, size)
      if (n > 0) {
        // These n bytes are there, so this read ends with all of them, and its buffer may be taken whole.
        const [, buf] = win32file.ReadFile(
          self.hComPort,
          win32file.AllocateReadBuffer(n),
          self._overlappedRead,
        )
        win32event.WaitForSingleObject(self._overlappedRead.hEvent, win32event.INFINITE)
        read = buf
      } else {
        read = Buffer.alloc(0)
      }
    } else {
      // ReadFile returns before the bytes come: the buffer must be there first, and stay in place until the read has ended.
      const [, buf] = win32file.ReadFile(
        self.hComPort,
        win32file.AllocateReadBuffer(size),
        self._overlappedRead,
      )
      // Waits until the read has ended: with all its bytes, or because the driver says that its time is up. Either way it
      // is over when this returns, and what had arrived is in the buffer: n bytes. (Wine throws error 1460 where n is 0.)
      const n = win32file.GetOverlappedResult(self.hComPort, self._overlappedRead, 1)
      read = buf.subarray(0, n)
    }
  } else {
    read = Buffer.alloc(0)
  }
  return read
}

/** The same, while the event loop runs on: and now a second call can begin before the first has ended. */
export async function readAsync(self: Port, size: number = 1): Promise<Buffer> {
  if (!self.hComPort) throw portNotOpenError()
  let read: Buffer
  if (size > 0) {
    win32event.ResetEvent(self._overlappedRead.hEvent)
    const [, comstat] = win32file.ClearCommError(self.hComPort)
    if (self.timeout === 0) {
      const n = Math.min(comstat.cbInQue, size)
      if (n > 0) {
        const [, buf] = win32file.ReadFile(
          self.hComPort,
          win32file.AllocateReadBuffer(n),
          self._overlappedRead,
        )
        await win32event.WaitForSingleObjectAsync(self._overlappedRead.hEvent, win32event.INFINITE)
        read = buf
      } else {
        read = Buffer.alloc(0)
      }
    } else {
      const [, buf] = win32file.ReadFile(
        self.hComPort,
        win32file.AllocateReadBuffer(size),
        self._overlappedRead,
      )
      const n = await win32file.GetOverlappedResultAsync(self.hComPort, self._overlappedRead)
      read = buf.subarray(0, n)
    }
  } else {
    read = Buffer.alloc(0)
  }
  return read
}

const name = portArgument(import.meta.url)
if (name !== undefined) {
  using port = new Port(name, 2, timeoutsOf)
  console.log(read(port, 5))
}
