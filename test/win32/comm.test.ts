// S9, S10: the state of a port. What needs control lines is tried, and skipped where the port has none: a
// pseudo-terminal answers with error 50.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { suite, test } from 'node:test'
import type { TestContext } from 'node:test'
import { pywintypes, win32con, win32event, win32file, winerror } from '../../src/win32/index.ts'
import {
  arrived,
  fileWith,
  needsPorts,
  needsWindows,
  overlappedWithEvent,
  receive,
  send,
  withPorts,
} from './com.ts'
import { winerrorOf } from './failing.ts'

const { MAXDWORD } = win32con

/** Skips a test of what this port does not have. */
async function ifSupported(t: TestContext, work: () => unknown): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED, ERROR_OPERATION_ABORTED } = winerror
    // 995: Wine cannot watch the lines of a pseudo-terminal, and gives a WaitCommEvent up.
    const lacking: readonly number[] = [ERROR_NOT_SUPPORTED, ERROR_INVALID_FUNCTION, ERROR_OPERATION_ABORTED]
    if (!(error instanceof pywintypes.error) || !lacking.includes(error.winerror)) throw error
    t.skip(`this port has none: ${error.message}`)
  }
}

suite('ClearCommError', { skip: needsPorts }, () => {
  test('counts what waits', async () => {
    await withPorts(async (a, b) => {
      const [flags, comstat] = win32file.ClearCommError(a)
      assert.equal(flags, 0)
      assert.deepEqual([comstat.cbInQue, comstat.cbOutQue], [0, 0])
      assert.deepEqual(
        [comstat.fCtsHold, comstat.fDsrHold, comstat.fRlsdHold, comstat.fXoffHold],
        [0, 0, 0, 0],
      )
      send(b, 'hello')
      await arrived(a, 5)
      assert.equal(win32file.ClearCommError(a)[1].cbInQue, 5)
      receive(a, 2)
      assert.equal(win32file.ClearCommError(a)[1].cbInQue, 3)
    })
  })

  test('lets reading and writing go on', async () => {
    await withPorts((a, b) => {
      for (let i = 0; i < 100; i++) {
        win32file.ClearCommError(a)
        send(b, `${i % 10}`)
        assert.equal(receive(a, 1).toString(), `${i % 10}`)
      }
    })
  })
})

suite('time-outs', { skip: needsPorts }, () => {
  test('come back as they were set', async () => {
    await withPorts((a) => {
      for (const timeouts of [
        [0, 0, 0, 0, 0],
        [1, 2, 3, 4, 5],
        [MAXDWORD, 0, 0, 0, 0],
        [MAXDWORD, MAXDWORD, 0x7ffffffe, 0, 1000],
      ] as const) {
        win32file.SetCommTimeouts(a, timeouts)
        assert.deepEqual(win32file.GetCommTimeouts(a), timeouts)
      }
    })
  })

  test('of what is no port: refused', { skip: needsWindows }, () => {
    const file = fileWith('x')
    const handle = win32file.CreateFile(file, win32con.GENERIC_READ, 0, null, win32con.OPEN_EXISTING, 0, null)
    assert.ok(winerrorOf(() => win32file.GetCommTimeouts(handle)) > 0)
    handle.Close()
    rmSync(file)
  })
})

suite('the DCB', { skip: needsPorts }, () => {
  test('speeds', async () => {
    await withPorts((a) => {
      for (const speed of [win32file.CBR_1200, win32file.CBR_9600, win32file.CBR_115200]) {
        const dcb = win32file.GetCommState(a)
        assert.equal(dcb.DCBlength, 28)
        dcb.BaudRate = speed
        win32file.SetCommState(a, dcb)
        assert.equal(win32file.GetCommState(a).BaudRate, speed)
      }
    })
  })

  test('characters are text', async () => {
    await withPorts((a) => {
      const dcb = win32file.GetCommState(a)
      assert.deepEqual([dcb.XonChar, dcb.XoffChar], ['\x11', '\x13'])
      dcb.XonChar = '\x01'
      dcb.XoffChar = '\x02'
      win32file.SetCommState(a, dcb)
      const { XoffChar, XonChar } = win32file.GetCommState(a)
      assert.deepEqual([XonChar, XoffChar], ['\x01', '\x02'])
      win32file.SetCommState(a, { ...dcb, XonChar: '\x11', XoffChar: '\x13' })
    })
  })

  test('what no port can do: 87, or 50 in Wine', async () => {
    await withPorts((a) => {
      const dcb = { ...win32file.GetCommState(a), ByteSize: 3 }
      const allowed: readonly number[] = [winerror.ERROR_INVALID_PARAMETER, winerror.ERROR_NOT_SUPPORTED]
      assert.ok(allowed.includes(winerrorOf(() => win32file.SetCommState(a, dcb))))
    })
  })
})

suite('the queues', { skip: needsPorts }, () => {
  test('SetupComm recommends sizes', async () => {
    await withPorts((a) => win32file.SetupComm(a, 4096, 4096))
  })

  test('PurgeComm drops what was received', async () => {
    await withPorts(async (a, b) => {
      send(b, 'hello')
      await arrived(a, 5)
      win32file.PurgeComm(a, win32con.PURGE_RXCLEAR)
      assert.equal(win32file.ClearCommError(a)[1].cbInQue, 0)
      send(b, 'x')
      assert.equal(receive(a, 1).toString(), 'x')
    })
  })

  test('TransmitCommChar sends one character', async () => {
    await withPorts((a, b) => {
      win32file.TransmitCommChar(a, 'Q')
      win32file.TransmitCommChar(a, 0xff)
      assert.deepEqual([...receive(b, 2)], [0x51, 0xff])
    })
  })

  test('GetCommProperties tells what the driver can do', async () => {
    await withPorts((a) => {
      const properties = win32file.GetCommProperties(a)
      assert.equal(properties.wPacketVersion > 0, true)
      assert.ok((properties.dwSettableParams & win32con.SP_BAUD) !== 0)
    })
  })
})

suite('lines and events', { skip: needsPorts }, () => {
  test('GetCommModemStatus', async (t) => {
    await withPorts((a) => ifSupported(t, () => assert.equal(win32file.GetCommModemStatus(a) & ~0xf0, 0)))
  })

  const { CLRDTR, CLRRTS, SETDTR, SETRTS } = win32con
  for (const [name, func] of Object.entries({ SETRTS, CLRRTS, SETDTR, CLRDTR })) {
    test(`EscapeCommFunction ${name}`, async (t) => {
      await withPorts((a) => ifSupported(t, () => win32file.EscapeCommFunction(a, func)))
    })
  }

  test('break', async (t) => {
    await withPorts((a) =>
      ifSupported(t, () => {
        win32file.SetCommBreak(a)
        win32file.ClearCommBreak(a)
        win32file.EscapeCommFunction(a, win32con.SETBREAK)
        win32file.EscapeCommFunction(a, win32con.CLRBREAK)
      }),
    )
  })

  test('the mask comes back as it was set', async () => {
    await withPorts((a) => {
      win32file.SetCommMask(a, win32con.EV_RXCHAR | win32con.EV_CTS)
      assert.equal(win32file.GetCommMask(a), 9)
      win32file.SetCommMask(a, 0)
      assert.equal(win32file.GetCommMask(a), 0)
    })
  })

  test('WaitCommEvent tells of received characters', async (t) => {
    await withPorts((a, b) =>
      ifSupported(t, async () => {
        win32file.SetCommMask(a, win32con.EV_RXCHAR)
        const overlapped = overlappedWithEvent()
        const [rc, mask] = win32file.WaitCommEvent(a, overlapped)
        assert.deepEqual([rc, mask], [winerror.ERROR_IO_PENDING, 0])
        send(b, 'x')
        assert.equal(
          await win32event.WaitForSingleObjectAsync(overlapped.hEvent, 2000),
          win32event.WAIT_OBJECT_0,
        )
        win32file.GetOverlappedResult(a, overlapped, true)
        assert.equal(overlapped.dword, win32con.EV_RXCHAR)
      }),
    )
  })
})
