// S2, S7 and the first promises: memory that the system may write to stays where it is, and what nobody needs is freed.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { pinned } from '../../src/native/win32/index.ts'
import { open, openSync, SerialError } from '../../src/index.ts'
import { win32con, win32event, win32file, winerror } from '../../src/win32/index.ts'
import type { pywintypes } from '../../src/win32/index.ts'
import { handleCount, portHandles } from '../support/handles.ts'
import { addCable, needsLab, removeCable } from '../support/lab.ts'
import {
  needsPorts,
  needsWindows,
  names,
  openCom,
  overlappedWithEvent,
  receive,
  send,
  withPorts,
} from './com.ts'
import { winerrorOf, winerrorOfAsync } from './failing.ts'

type Handle = pywintypes.PyHANDLE

/** The number of a handle that there is not. */
const noHandle = 0x7ffc

const collect = () => {
  assert.ok(globalThis.gc, 'run with --expose-gc')
  globalThis.gc()
}

/** Memory outside JavaScript's heap, in MiB, after a collection. */
async function memory(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    collect()
    await turn()
  }
  return process.memoryUsage().rss / 2 ** 20
}

suite('AllocateReadBuffer', () => {
  test('is zeroed, of the right length, and can be written to', () => {
    for (const size of [0, 1, 64, 65, 8192, 1_000_000]) {
      const buffer = win32file.AllocateReadBuffer(size)
      assert.equal(buffer.length, size)
      assert.ok(buffer.every((byte) => byte === 0))
      assert.equal(buffer.buffer.byteLength, size, 'has its memory to itself')
      buffer.fill(7)
    }
  })

  test('a million times: memory is flat', async () => {
    for (let i = 0; i < 100_000; i++) win32file.AllocateReadBuffer(1000)
    const before = await memory()
    for (let i = 0; i < 1_000_000; i++) win32file.AllocateReadBuffer(1000)
    const grown = (await memory()) - before
    assert.ok(grown < 32, `grown by ${grown} MiB`)
  })
})

suite('operations under way', { skip: needsPorts }, () => {
  /** Starts a read and lets go of everything but what tells of its end. */
  function startRead(port: Handle, size: number): WeakRef<Buffer> {
    const buffer = win32file.AllocateReadBuffer(size)
    win32file.ReadFile(port, buffer, overlappedWithEvent())
    return new WeakRef(buffer)
  }

  test('a buffer that the caller dropped stays valid until its read has ended', async () => {
    await withPorts(async (a, b) => {
      const buffer = startRead(a, 5)
      for (let i = 0; i < 20; i++) {
        collect()
        for (let j = 0; j < 1000; j++) win32file.AllocateReadBuffer(5)
        await turn()
      }
      assert.ok(buffer.deref(), 'still there')
      assert.equal(pinned().pending, 1)
      send(b, 'hello')
      await sleep(20)
      assert.equal(buffer.deref()?.toString(), 'hello')
      assert.equal(pinned().pending, 0)
    })
  })

  test('hundreds of reads with forced collections: every byte where it belongs', async () => {
    await withPorts(async (a, b) => {
      const rounds = 300
      for (let round = 0; round < rounds; round++) {
        const overlapped = overlappedWithEvent(round % 2 === 0)
        const [, buffer] = win32file.ReadFile(a, 1 + (round % 70), overlapped)
        const text = String.fromCharCode(65 + (round % 26)).repeat(buffer.length)
        const result = win32file.GetOverlappedResultAsync(a, overlapped)
        if (round % 3 === 0) collect()
        send(b, text)
        assert.equal(await result, text.length)
        assert.equal(buffer.toString(), text)
      }
      assert.equal(pinned().pending, 0)
    })
  })

  test('closing the port ends what is under way, and its memory is given back', async () => {
    for (let round = 0; round < 50; round++) {
      const [a, b] = [openCom(names.a), openCom(names.b)]
      for (let i = 0; i < 4; i++) startRead(a, 10)
      a.Close()
      b.Close()
      collect()
    }
    await sleep(50)
    assert.equal(pinned().pending, 0)
  })

  test('what shares an OVERLAPPED is never given back', async () => {
    await withPorts(async (a) => {
      const before = pinned().stranded
      const shared = overlappedWithEvent()
      win32file.ReadFile(a, 10, shared)
      win32file.ReadFile(a, 10, shared)
      assert.equal(pinned().stranded, before + 1)
      win32file.CancelIoEx(a)
      await sleep(20)
      assert.equal(pinned().stranded, before + 1)
    })
  })

  test('nor is what the second of them reads into, when the first has ended', async () => {
    await withPorts(async (a, b) => {
      const shared = overlappedWithEvent()
      win32file.ReadFile(a, 3, shared)
      const second = new WeakRef(win32file.ReadFile(a, 5, shared)[1].buffer)
      send(b, 'abc')
      await sleep(50)
      pinned()
      for (let i = 0; i < 20; i++) {
        collect()
        await turn()
      }
      assert.ok(second.deref(), 'the system may still write to it')
      win32file.CancelIoEx(a)
      await sleep(20)
    })
  })

  test('cancelling and reading in random order loses and repeats nothing', async () => {
    await withPorts(async (a, b) => {
      const sent: number[] = []
      const got: number[] = []
      let next = 0
      for (let round = 0; round < 500; round++) {
        const overlapped = overlappedWithEvent()
        const [, buffer] = win32file.ReadFile(a, 1, overlapped)
        const controller = new AbortController()
        const result = win32file.GetOverlappedResultAsync(a, overlapped, { signal: controller.signal })
        result.catch(() => {})
        if (round % 2 === 0) {
          sent.push(next & 0xff)
          send(b, Uint8Array.of(next++))
        }
        if (round % 3 === 0) await turn()
        controller.abort()
        try {
          await result
        } catch (error) {
          if (!(error instanceof SerialError)) throw error
          try {
            win32file.CancelIoEx(a, overlapped)
          } catch {
            // It has just ended.
          }
        }
        // Reaped either way: cancelled, or it has a byte.
        try {
          const n = win32file.GetOverlappedResult(a, overlapped, true)
          got.push(...buffer.subarray(0, n))
        } catch {}
        if (round % 50 === 0) collect()
      }
      const rest = sent.length - got.length
      if (rest > 0) got.push(...receive(a, rest))
      assert.deepEqual(got, sent)
    })
  })
})

suite('what is given back', { skip: needsWindows }, () => {
  test('events that nobody refers to are closed', async () => {
    const make = () => win32event.CreateEvent(null, 1, 0, `baud-${process.pid}-collected`)
    win32event.SetEvent(make())
    const isThere = () => {
      try {
        win32event.OpenEvent(win32event.EVENT_ALL_ACCESS, false, `baud-${process.pid}-collected`).Close()
        return true
      } catch {
        return false
      }
    }
    assert.ok(isThere())
    for (let i = 0; i < 100 && isThere(); i++) {
      collect()
      await turn()
    }
    assert.ok(!isThere())
  })

  test('an operation that never began holds nothing, and is not waited for', async () => {
    const before = pinned()
    const overlapped = overlappedWithEvent()
    const calls = [
      () => win32file.ReadFile(noHandle, 8, overlapped),
      () => win32file.WriteFile(noHandle, 'x', overlapped),
      () => win32file.WaitCommEvent(noHandle, overlapped),
    ]
    for (const call of [...calls, ...calls]) {
      assert.equal(winerrorOf(call), winerror.ERROR_INVALID_HANDLE)
      assert.notEqual(
        winerrorOf(() => win32file.GetOverlappedResult(noHandle, overlapped, 0)),
        winerror.ERROR_IO_INCOMPLETE,
      )
      await winerrorOfAsync(win32file.GetOverlappedResultAsync(noHandle, overlapped))
    }
    assert.deepEqual(pinned(), before)
  })

  test('a port whose device goes: no event stays', { skip: needsLab }, async () => {
    const round = async (asynchronous: boolean) => {
      const cable = addCable()
      if (asynchronous) {
        const port = await open(cable.a)
        removeCable(cable)
        // Wine may take some bytes yet.
        while (port.isOpen) await port.write('x').catch(() => {})
        assert.equal((await port.closed)?.code, 'DISCONNECTED')
        return port.close()
      }
      const port = openSync(cable.a)
      removeCable(cable)
      const untilItFails = () => {
        for (let i = 0; i < 10_000; i++) port.write('x', { timeout: 1000 })
      }
      assert.throws(untilItFails, { code: 'DISCONNECTED' })
      port.close()
    }
    for (const asynchronous of [false, true]) {
      await round(asynchronous)
      const before = portHandles()
      for (let i = 0; i < 3; i++) await round(asynchronous)
      assert.deepEqual(portHandles(), before)
    }
  })

  test('10,000 events, waits and closes leave the process as it was', async () => {
    const round = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const event = win32event.CreateEvent(null, 1, i % 2, null)
        await win32event.WaitForSingleObjectAsync(event, i % 2)
        event.Close()
      }
    }
    await round(500)
    const [memoryBefore, handlesBefore] = [await memory(), handleCount()]
    await round(10_000)
    assert.ok((await memory()) - memoryBefore < 32)
    assert.ok(handleCount() <= handlesBefore + 5)
  })

  test('10,000 rounds of open and close', { skip: needsPorts }, async () => {
    const round = (count: number) => {
      for (let i = 0; i < count; i++) {
        const access = win32con.GENERIC_READ | win32con.GENERIC_WRITE
        win32file.CreateFile(names.a, access, 0, null, win32con.OPEN_EXISTING, 0, null).Close()
      }
    }
    round(500)
    const [memoryBefore, handlesBefore] = [await memory(), handleCount()]
    round(10_000)
    assert.ok((await memory()) - memoryBefore < 32)
    assert.ok(handleCount() <= handlesBefore + 5)
  })
})
