// S11, S12, S14, S15: the seed's write and reads on a COM port. keeps-every-byte.test.ts has S13.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { win32event, win32file, winerror } from 'baud/win32'
import { overlappedWithEvent, Port } from '../../examples/seed/port.ts'
import * as v11 from '../../examples/seed/read-1.1.ts'
import * as v121 from '../../examples/seed/read-1.21.ts'
import { PortThatKeepsEveryByte } from '../../examples/seed/read-keeps-every-byte.ts'
import { write, writeAsync, writeCounted, writeCountedAsync } from '../../examples/seed/write.ts'
import { names, needsPorts } from './com.ts'
import { never, orNothing, withPeer } from './seed-ports.ts'

const notOpen = { code: 'PORT_NOT_OPEN' }

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 5000
  while (!holds()) {
    assert.ok(performance.now() < end, `not so after 5 s: ${what}`)
    await sleep(1)
  }
}

/** Waits until so much can be read without waiting. */
function queued({ hComPort }: Port, count: number): Promise<void> {
  assert.ok(hComPort)
  return until(() => win32file.ClearCommError(hComPort)[1].cbInQue >= count, `${count} bytes are there`)
}

suite('S11: a closed port', { skip: needsPorts }, () => {
  test('reading and writing fail at once, with a code of their own', async () => {
    const port = new Port(names.a, null, never)
    port.close()
    port.close()
    for (const call of [
      () => write(port, 'x'),
      () => writeCounted(port, 'x'),
      () => v11.read(port),
      () => v121.read(port),
      () => port.setTimeout(1),
    ])
      assert.throws(call, notOpen)
    for (const call of [
      () => writeAsync(port, 'x'),
      () => writeCountedAsync(port, 'x'),
      () => v11.readAsync(port),
      () => v121.readAsync(port),
    ])
      await assert.rejects(call, notOpen)
  })

  test('a read that waits when the port is closed', async () => {
    const port = new PortThatKeepsEveryByte(names.a, null)
    const reading = port.readAsync(5)
    await sleep(20)
    port.close()
    await assert.rejects(reading, notOpen)
    assert.throws(() => port.read(), notOpen)
    await assert.rejects(port.readAsync(), notOpen)
  })
})

suite('S12: write', { skip: needsPorts }, () => {
  test('all four forms send, and return when the system has taken it', async () => {
    await withPeer(async (peer) => {
      using port = new Port(names.a, null, never)
      write(port, 'one ')
      await writeAsync(port, 'two ')
      assert.equal(writeCounted(port, 'three '), 6)
      assert.equal(await writeCountedAsync(port, 'four'), 4)
      assert.equal(peer.read(18).toString(), 'one two three four')
    })
  })

  test('two under way at once: each is told of its own end', async () => {
    await withPeer(async (peer) => {
      using port = new Port(names.a, null, never)
      // More than the cable holds. Windows sends one after the other; Wine may mix them.
      const sizes = { a: 300_000, b: 400_000 }
      const writing = Promise.all([
        writeCountedAsync(port, 'a'.repeat(sizes.a)),
        writeCountedAsync(port, 'b'.repeat(sizes.b)),
      ])
      const got = { a: 0, b: 0 }
      while (got.a + got.b < sizes.a + sizes.b) {
        const bytes = await peer.readAsync(4096)
        assert.notEqual(bytes.length, 0)
        for (const byte of bytes) got[byte === 97 ? 'a' : 'b']++
        peer.timeout = got.a + got.b > sizes.a + sizes.b - 4096 ? 0.1 : 2
      }
      assert.deepEqual(got, sizes)
      assert.deepEqual(await writing, [sizes.a, sizes.b])
    })
  })

  test('a write that was cut off looks like one that was done, unless one asks how it ended', async () => {
    await withPeer(async (peer) => {
      using port = new Port(names.a, null, never)
      const { hComPort } = port
      assert.ok(hComPort)
      const data = new Uint8Array(2_000_000)
      const cancelWhenStuck = async () => {
        // Of a write that moves at that very moment, Wine 8 may forget the cancel.
        await sleep(500)
        win32file.CancelIoEx(hComPort)
      }
      const looksDone = writeAsync(port, data)
      await cancelWhenStuck()
      await looksDone
      const told = writeCountedAsync(port, data)
      await Promise.all([
        assert.rejects(told, { winerror: winerror.ERROR_OPERATION_ABORTED }),
        cancelWhenStuck(),
      ])
      peer.timeout = 0.2
      while (peer.read(65536).length > 0);
    })
  })
})

suite('S14: read of 1.21', { skip: needsPorts }, () => {
  const forms = { read: v121.read, readAsync: v121.readAsync }

  for (const [name, read] of Object.entries(forms)) {
    test(`${name}: size 0 or less is empty, at once`, async () => {
      using port = new Port(names.a, null, v121.timeoutsOf)
      for (const size of [0, -1]) assert.equal((await read(port, size)).length, 0)
    })

    test(`${name}: time-out 0 takes what is queued, at most size, without waiting`, async () => {
      await withPeer(async (_, send) => {
        using port = new Port(names.a, 0, v121.timeoutsOf)
        const began = performance.now()
        assert.equal((await read(port, 5)).length, 0)
        assert.ok(performance.now() - began < 1000)
        send(Buffer.from('abcde'))
        await queued(port, 5)
        assert.equal((await read(port, 2)).toString(), 'ab')
        assert.equal((await read(port, 5)).toString(), 'cde')
        assert.equal((await read(port, 5)).length, 0)
      })
    })

    test(`${name}: otherwise it waits for all, or for the time-out, and is cut to what came`, async () => {
      await withPeer(async (_, send) => {
        using port = new Port(names.a, 2, v121.timeoutsOf)
        send(Buffer.from('abc'))
        assert.equal((await read(port, 3)).toString(), 'abc')
        port.setTimeout(0.1)
        send(Buffer.from('de'))
        await queued(port, 2)
        // An event that is signalled already tells nothing of this read.
        win32event.SetEvent(port._overlappedRead.hEvent)
        const began = performance.now()
        assert.equal((await read(port, 5)).toString(), 'de')
        assert.ok(performance.now() - began > 80, 'waited')
      })
    })

    test(`${name}: without a time-out it waits for as long as it takes`, async () => {
      await withPeer(async (_, send) => {
        using port = new Port(names.a, null, v121.timeoutsOf)
        send(Buffer.from('abcde'))
        assert.equal((await read(port, 5)).toString(), 'abcde')
      })
    })
  }
})

suite('S15: one OVERLAPPED, and several operations', { skip: needsPorts }, () => {
  test('shared by two reads: the second reports bytes that it never got, and loses its own', async () => {
    await withPeer(async (_, send) => {
      using port = new Port(names.a, 5, v121.timeoutsOf)
      const reads = [v121.readAsync(port, 3), v121.readAsync(port, 2)]
      send(Buffer.from('abc'))
      const [first, second] = await Promise.all(reads)
      assert.deepEqual(first, Buffer.from('abc'))
      // It was told of the other's end: "3 bytes", so its two are valid. Nothing was ever read into them.
      assert.deepEqual(second, Buffer.from([0, 0]))
      // And these go into its buffer now, for nobody.
      send(Buffer.from('de'))
      await sleep(100)
      port.setTimeout(0.1)
      assert.deepEqual(await orNothing(() => v121.read(port, 2)), Buffer.alloc(0))
    })
  })

  test('shared with a read that was left at its time-out: the same, with one call after the other', async () => {
    await withPeer(async (_, send) => {
      using port = new Port(names.a, 0.05, never)
      assert.deepEqual(v11.read(port, 3), Buffer.alloc(0))
      port.setTimeout(2)
      const next = v11.readAsync(port, 2)
      send(Buffer.from('abc'))
      assert.deepEqual(await next, Buffer.from([0, 0]))
    })
  })

  test('one for each operation: each gets its own', async () => {
    await withPeer(async (_, send) => {
      using port = new Port(names.a, null, never)
      const { hComPort } = port
      assert.ok(hComPort)
      const reads = [3, 2].map(async (size) => {
        const overlapped = overlappedWithEvent(1)
        const [, buf] = win32file.ReadFile(hComPort, win32file.AllocateReadBuffer(size), overlapped)
        return buf.toString('latin1', 0, await win32file.GetOverlappedResultAsync(hComPort, overlapped))
      })
      send(Buffer.from('abc'))
      assert.equal(await reads[0], 'abc')
      send(Buffer.from('de'))
      assert.equal(await reads[1], 'de')
    })
  })

  test('one that is used again only after its operation was looked at: the same', async () => {
    await withPeer(async (_, send) => {
      using port = new PortThatKeepsEveryByte(names.a, 5)
      const reads = [port.readAsync(3), port.readAsync(2)]
      // Enough for the second, and not its turn.
      send(Buffer.from('ab'))
      await sleep(100)
      send(Buffer.from('cde'))
      assert.deepEqual((await Promise.all(reads)).map(String), ['abc', 'de'])
    })
  })
})

suite('time-outs', { skip: needsPorts }, () => {
  test('new ones are for operations that start later', async () => {
    await withPeer(async (_, send) => {
      using port = new Port(names.a, null, v121.timeoutsOf)
      const { hComPort } = port
      assert.ok(hComPort)
      const overlapped = overlappedWithEvent(1)
      const [, buf] = win32file.ReadFile(hComPort, win32file.AllocateReadBuffer(3), overlapped)
      port.setTimeout(0.05)
      await sleep(300)
      assert.throws(() => win32file.GetOverlappedResult(hComPort, overlapped, 0), {
        winerror: winerror.ERROR_IO_INCOMPLETE,
      })
      send(Buffer.from('abc'))
      assert.equal(win32file.GetOverlappedResult(hComPort, overlapped, 1), 3)
      assert.equal(buf.toString(), 'abc')
    })
  })
})

suite('a cancel', { skip: needsPorts }, () => {
  test('takes with it what its read of several bytes had got', async () => {
    await withPeer(async (_, send) => {
      using port = new Port(names.a, null, never)
      const { hComPort } = port
      assert.ok(hComPort)
      send(Buffer.from('abc'))
      await queued(port, 3)
      const overlapped = overlappedWithEvent(1)
      win32file.ReadFile(hComPort, win32file.AllocateReadBuffer(5), overlapped)
      await until(() => win32file.ClearCommError(hComPort)[1].cbInQue === 0, 'the read has taken them')
      win32file.CancelIoEx(hComPort, overlapped)
      assert.throws(() => win32file.GetOverlappedResult(hComPort, overlapped, 1), {
        winerror: winerror.ERROR_OPERATION_ABORTED,
      })
      await sleep(50)
      assert.equal(win32file.ClearCommError(hComPort)[1].cbInQue, 0, 'and they do not come back')
    })
  })

  test('of an awaited read that keeps every byte: they are the next call’s', async () => {
    await withPeer(async (_, send) => {
      using port = new PortThatKeepsEveryByte(names.a, null)
      const stop = new AbortController()
      const reading = port.readAsync(5, { signal: stop.signal })
      send(Buffer.from('abc'))
      await sleep(200)
      stop.abort()
      await assert.rejects(reading, { code: 'ABORTED' })
      send(Buffer.from('de'))
      port.timeout = 2
      assert.equal(port.read(5).toString(), 'abcde')
    })
  })
})
