// S2, S5, S6, S8: overlapped reads and writes on a COM port and on a file.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SerialError } from '../../src/index.ts'
import { win32con, win32event, win32file, winerror } from '../../src/win32/index.ts'
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
import { winerrorOf, winerrorOfAsync } from './failing.ts'

const { ERROR_HANDLE_EOF, ERROR_IO_INCOMPLETE, ERROR_IO_PENDING, ERROR_OPERATION_ABORTED } = winerror
const { INFINITE, WAIT_OBJECT_0, WAIT_TIMEOUT } = win32event

suite('OVERLAPPED', () => {
  test('is zero at first', () => {
    const overlapped = win32file.OVERLAPPED()
    const { Internal, InternalHigh, Offset, OffsetHigh, dword, hEvent, object } = overlapped
    assert.deepEqual(
      [Internal, InternalHigh, Offset, OffsetHigh, dword, hEvent, object],
      [0, 0, 0, 0, 0, 0, null],
    )
  })

  test('keeps what it is given', () => {
    const overlapped = win32file.OVERLAPPED()
    overlapped.Offset = 0xffffffff
    overlapped.OffsetHigh = 5
    overlapped.dword = 7
    overlapped.hEvent = 12
    assert.deepEqual([overlapped.Offset, overlapped.OffsetHigh, overlapped.dword], [0xffffffff, 5, 7])
    assert.equal(overlapped.hEvent, 12)
    overlapped.hEvent = null
    assert.equal(overlapped.hEvent, 0)
  })
})

suite('WriteFile', { skip: needsPorts }, () => {
  test('with an OVERLAPPED: done, or under way', async () => {
    await withPorts((a, b) => {
      const overlapped = overlappedWithEvent()
      const [rc, n] = win32file.WriteFile(a, 'hello', overlapped)
      assert.ok((rc === 0 && n === 5) || (rc === ERROR_IO_PENDING && n === 0), `${rc}, ${n}`)
      assert.equal(win32event.WaitForSingleObject(overlapped.hEvent, INFINITE), WAIT_OBJECT_0)
      assert.equal(win32file.GetOverlappedResult(a, overlapped, false), 5)
      assert.equal(receive(b, 5).toString(), 'hello')
    })
  })

  test('bytes, any of them, and text as UTF-8', async () => {
    await withPorts((a, b) => {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i)
      send(a, all)
      assert.deepEqual([...receive(b, 256)], [...all])
      send(a, 'Ω°')
      assert.equal(receive(b, 4).toString(), 'Ω°')
    })
  })

  test('the data may be changed as soon as the call returns', async () => {
    await withPorts(async (a, b) => {
      const data = new Uint8Array(200_000).fill(1)
      const overlapped = overlappedWithEvent()
      const [rc] = win32file.WriteFile(a, data, overlapped)
      assert.equal(rc, ERROR_IO_PENDING, 'more than the device takes at once')
      data.fill(2)
      let got = 0
      while (got < data.length) {
        const read = overlappedWithEvent()
        const [, buffer] = win32file.ReadFile(b, Math.min(4096, data.length - got), read)
        const n = await win32file.GetOverlappedResultAsync(b, read)
        assert.ok(buffer.subarray(0, n).every((byte) => byte === 1))
        got += n
      }
      assert.equal(await win32file.GetOverlappedResultAsync(a, overlapped), data.length)
    })
  })

  test('on a closed handle, and on one that is none', async () => {
    await withPorts((a) => {
      a.Close()
      assert.equal(
        winerrorOf(() => win32file.WriteFile(a, 'x', overlappedWithEvent())),
        winerror.ERROR_INVALID_HANDLE,
      )
    })
  })
})

suite('ReadFile', { skip: needsPorts }, () => {
  test('with a buffer and an OVERLAPPED: the same buffer, filled later', async () => {
    await withPorts((a, b) => {
      const overlapped = overlappedWithEvent()
      const buffer = win32file.AllocateReadBuffer(5)
      const [rc, returned] = win32file.ReadFile(a, buffer, overlapped)
      assert.equal(rc, ERROR_IO_PENDING)
      assert.equal(returned, buffer)
      send(b, 'hello')
      assert.equal(win32event.WaitForSingleObject(overlapped.hEvent, 2000), WAIT_OBJECT_0)
      assert.equal(buffer.toString(), 'hello')
      assert.equal(win32file.GetOverlappedResult(a, overlapped, true), 5)
    })
  })

  test('with a number: a new buffer of that length', async () => {
    await withPorts((a, b) => {
      send(b, 'hello')
      const overlapped = overlappedWithEvent()
      const [, buffer] = win32file.ReadFile(a, 5, overlapped)
      assert.equal(buffer.length, 5)
      assert.equal(win32file.GetOverlappedResult(a, overlapped, true), 5)
      assert.equal(buffer.toString(), 'hello')
    })
  })

  test('resets the event when it starts, and signals it when it ends', async () => {
    await withPorts((a, b) => {
      const overlapped = overlappedWithEvent()
      win32event.SetEvent(overlapped.hEvent)
      win32file.ReadFile(a, 3, overlapped)
      assert.equal(win32event.WaitForSingleObject(overlapped.hEvent, 0), WAIT_TIMEOUT)
      send(b, 'abc')
      assert.equal(win32event.WaitForSingleObject(overlapped.hEvent, 2000), WAIT_OBJECT_0)
    })
  })

  test('into a part of a larger buffer, and nowhere else', async () => {
    await withPorts((a, b) => {
      const large = win32file.AllocateReadBuffer(30)
      send(b, '0123456789')
      const overlapped = overlappedWithEvent()
      win32file.ReadFile(a, large.subarray(10, 20), overlapped)
      win32file.GetOverlappedResult(a, overlapped, true)
      assert.equal(large.toString('latin1'), `${'\0'.repeat(10)}0123456789${'\0'.repeat(10)}`)
    })
  })

  test('several at once end in the order they were started', async () => {
    await withPorts(async (a, b) => {
      const reads = ['1', '2', '3', '4'].map(() => {
        const overlapped = overlappedWithEvent()
        return { overlapped, buffer: win32file.ReadFile(a, 2, overlapped)[1] }
      })
      send(b, 'aabbccdd')
      for (const { overlapped } of reads) await win32file.GetOverlappedResultAsync(a, overlapped)
      assert.deepEqual(
        reads.map(({ buffer }) => buffer.toString()),
        ['aa', 'bb', 'cc', 'dd'],
      )
    })
  })

  test('is governed by the time-outs: what is there after a total of 50 ms', async () => {
    await withPorts((a, b) => {
      win32file.SetCommTimeouts(a, [0, 0, 50, 0, 0])
      send(b, 'abc')
      const overlapped = overlappedWithEvent()
      const began = performance.now()
      const [, buffer] = win32file.ReadFile(a, 5, overlapped)
      const n = win32file.GetOverlappedResult(a, overlapped, true)
      assert.equal(buffer.subarray(0, n).toString(), 'abc')
      const took = performance.now() - began
      assert.ok(took > 40 && took < 1000, `${took} ms`)
    })
  })

  test('is governed by the time-outs: silence of 50 ms after a byte', async () => {
    await withPorts((a, b) => {
      win32file.SetCommTimeouts(a, [50, 0, 0, 0, 0])
      send(b, 'abc')
      assert.equal(receive(a, 5).toString(), 'abc')
    })
  })
})

suite('GetOverlappedResult', { skip: needsPorts }, () => {
  test('under way: 996, until it has ended', async () => {
    await withPorts((a, b) => {
      const overlapped = overlappedWithEvent()
      win32file.ReadFile(a, 3, overlapped)
      assert.equal(
        winerrorOf(() => win32file.GetOverlappedResult(a, overlapped, false)),
        ERROR_IO_INCOMPLETE,
      )
      assert.equal(
        winerrorOf(() => win32file.GetOverlappedResultEx(a, overlapped, 0, false)),
        ERROR_IO_INCOMPLETE,
      )
      assert.equal(
        winerrorOf(() => win32file.GetOverlappedResultEx(a, overlapped, 20, false)),
        WAIT_TIMEOUT,
      )
      assert.equal(overlapped.Internal, 0x103)
      send(b, 'abc')
      assert.equal(win32file.GetOverlappedResultEx(a, overlapped, 2000, false), 3)
      assert.equal(overlapped.InternalHigh, 3)
    })
  })

  test('cancelled: 995', async () => {
    await withPorts(async (a) => {
      for (const cancel of [
        (overlapped: ReturnType<typeof overlappedWithEvent>) => win32file.CancelIoEx(a, overlapped),
        () => win32file.CancelIoEx(a),
        () => win32file.CancelIo(a),
      ]) {
        const overlapped = overlappedWithEvent()
        win32file.ReadFile(a, 3, overlapped)
        cancel(overlapped)
        assert.equal(
          winerrorOf(() => win32file.GetOverlappedResult(a, overlapped, true)),
          ERROR_OPERATION_ABORTED,
        )
        assert.equal(
          await winerrorOfAsync(win32file.GetOverlappedResultAsync(a, overlapped)),
          ERROR_OPERATION_ABORTED,
        )
      }
    })
  })

  test('CancelIoEx ends the one operation alone, and says when there is none', async () => {
    await withPorts((a, b) => {
      const [first, second] = [overlappedWithEvent(), overlappedWithEvent()]
      win32file.ReadFile(a, 3, first)
      const [, buffer] = win32file.ReadFile(a, 3, second)
      win32file.CancelIoEx(a, first)
      assert.equal(
        winerrorOf(() => win32file.GetOverlappedResult(a, first, true)),
        ERROR_OPERATION_ABORTED,
      )
      send(b, 'abc')
      assert.equal(win32file.GetOverlappedResult(a, second, true), 3)
      assert.equal(buffer.toString(), 'abc')
      assert.equal(
        winerrorOf(() => win32file.CancelIoEx(a, second)),
        winerror.ERROR_NOT_FOUND,
      )
    })
  })

  test('what arrived before a cancel stays for the next read', async () => {
    await withPorts(async (a, b) => {
      const overlapped = overlappedWithEvent()
      win32file.ReadFile(a, 1, overlapped)
      win32file.CancelIoEx(a, overlapped)
      assert.equal(
        winerrorOf(() => win32file.GetOverlappedResult(a, overlapped, true)),
        ERROR_OPERATION_ABORTED,
      )
      send(b, 'abc')
      await arrived(a, 3)
      assert.equal(receive(a, 3).toString(), 'abc')
    })
  })

  test('the twin that can be awaited lets the event loop run on, and can be aborted', async () => {
    await withPorts(async (a, b) => {
      const overlapped = overlappedWithEvent()
      const [, buffer] = win32file.ReadFile(a, 3, overlapped)
      const signal = AbortSignal.timeout(30)
      await assert.rejects(
        win32file.GetOverlappedResultAsync(a, overlapped, { signal }),
        (error) => error instanceof SerialError && error.code === 'ABORTED' && error.cause === signal.reason,
      )
      // The read is still under way.
      let turns = 0
      const counter = setInterval(() => turns++, 1)
      setTimeout(() => send(b, 'abc'), 50)
      assert.equal(await win32file.GetOverlappedResultAsync(a, overlapped), 3)
      clearInterval(counter)
      assert.ok(turns > 5, `${turns} turns`)
      assert.equal(buffer.toString(), 'abc')
    })
  })

  test('its event may be closed meanwhile: the result comes', async () => {
    await withPorts(async (a, b) => {
      const overlapped = overlappedWithEvent()
      win32file.ReadFile(a, 3, overlapped)
      const result = win32file.GetOverlappedResultAsync(a, overlapped)
      win32file.CloseHandle(overlapped.hEvent)
      setTimeout(() => send(b, 'abc'), 20)
      assert.equal(await result, 3)
    })
  })

  test('GetOverlappedResultEx, awaited: a time is up, and then it is not', async () => {
    await withPorts(async (a, b) => {
      const { GetOverlappedResultExAsync } = win32file
      const overlapped = overlappedWithEvent()
      win32file.ReadFile(a, 3, overlapped)
      const within = (ms: number) => winerrorOfAsync(GetOverlappedResultExAsync(a, overlapped, ms))
      assert.equal(await within(0), winerror.ERROR_IO_INCOMPLETE)
      assert.equal(await within(20), winerror.WAIT_TIMEOUT)
      const signal = AbortSignal.timeout(20)
      const aborted = GetOverlappedResultExAsync(a, overlapped, win32event.INFINITE, { signal })
      await assert.rejects(aborted, { code: 'ABORTED' })
      setTimeout(() => send(b, 'abc'), 20)
      assert.equal(await GetOverlappedResultExAsync(a, overlapped, 10_000), 3)
      assert.equal(await GetOverlappedResultExAsync(a, overlapped, 0), 3)
    })
  })

  test('needs an event to be awaited', async () => {
    await withPorts(async (a) => {
      const overlapped = win32file.OVERLAPPED()
      win32file.ReadFile(a, 3, overlapped)
      await assert.rejects(win32file.GetOverlappedResultAsync(a, overlapped), /hEvent/)
      win32file.CancelIoEx(a)
    })
  })

  test('an auto-reset event does as well', async () => {
    await withPorts(async (a, b) => {
      const overlapped = overlappedWithEvent(false)
      for (let i = 0; i < 3; i++) {
        const [, buffer] = win32file.ReadFile(a, 3, overlapped)
        setTimeout(() => send(b, `ab${i}`), 5)
        assert.equal(await win32file.GetOverlappedResultAsync(a, overlapped), 3)
        assert.equal(buffer.toString(), `ab${i}`)
      }
    })
  })

  test('one OVERLAPPED for two reads: the first is no longer known', async () => {
    await withPorts(async (a, b) => {
      const shared = overlappedWithEvent()
      const [, first] = win32file.ReadFile(a, 3, shared)
      const [, second] = win32file.ReadFile(a, 3, shared)
      send(b, 'abc')
      // Says that the operation has ended, with 3 bytes, and means the other one: the second buffer holds nothing.
      assert.equal(await win32file.GetOverlappedResultAsync(a, shared), 3)
      assert.equal(first.toString(), 'abc')
      assert.deepEqual([...second], [0, 0, 0])
      win32file.CancelIoEx(a)
      await sleep(20)
    })
  })
})

suite('an overlapped file', { skip: needsWindows }, () => {
  test('the system does not advance the offset, and the end is error 38', () => {
    const file = fileWith('0123456789')
    const { FILE_FLAG_OVERLAPPED, GENERIC_READ, OPEN_EXISTING } = win32con
    const handle = win32file.CreateFile(
      file,
      GENERIC_READ,
      0,
      null,
      OPEN_EXISTING,
      FILE_FLAG_OVERLAPPED,
      null,
    )
    const overlapped = overlappedWithEvent()
    const read = () => {
      const [, buffer] = win32file.ReadFile(handle, 4, overlapped)
      return buffer.toString('latin1', 0, win32file.GetOverlappedResult(handle, overlapped, true))
    }
    assert.equal(read(), '0123')
    assert.equal(overlapped.Offset, 0)
    assert.equal(read(), '0123')
    overlapped.Offset = 4
    assert.equal(read(), '4567')
    overlapped.Offset = 8
    assert.equal(read(), '89')
    overlapped.Offset = 10
    assert.equal(winerrorOf(read), ERROR_HANDLE_EOF)
    handle.Close()
    rmSync(file)
  })

  test('without an OVERLAPPED it blocks, and the data is as long as what was read', () => {
    const file = fileWith('')
    const { GENERIC_READ, GENERIC_WRITE, OPEN_EXISTING } = win32con
    const open = () =>
      win32file.CreateFile(file, GENERIC_READ | GENERIC_WRITE, 0, null, OPEN_EXISTING, 0, null)
    const writer = open()
    assert.deepEqual(win32file.WriteFile(writer, '0123456789'), [0, 10])
    assert.deepEqual(win32file.WriteFile(writer, ''), [0, 0])
    win32file.FlushFileBuffers(writer)
    writer.Close()
    const reader = open()
    assert.deepEqual(win32file.ReadFile(reader, 4), [0, Buffer.from('0123')])
    assert.deepEqual(win32file.ReadFile(reader, win32file.AllocateReadBuffer(100)), [
      0,
      Buffer.from('456789'),
    ])
    assert.deepEqual(win32file.ReadFile(reader, 4), [0, Buffer.alloc(0)])
    reader.Close()
    rmSync(file)
  })
})
