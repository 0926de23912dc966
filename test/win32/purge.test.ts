// PurgeComm with PURGE_RXABORT ends the read that is under way ("PurgeComm function (winbase.h)"). Wine's does not, so here
// it is made to: at once, as a driver does that completes the read within the call, or a moment later.
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, openSync } from '../../src/index.ts'
import { kernel32 } from '../../src/native/win32/index.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { names, needsPorts } from './com.ts'

const PURGE_RXABORT = 2

type PurgeComm = typeof kernel32.PurgeComm

suite('a purge that ends the read under way', { skip: needsPorts }, () => {
  const table = kernel32 as { PurgeComm: PurgeComm }
  let wines: PurgeComm
  before(() => {
    kernel32.GetLastError() // binds the table: what is put into it now stays
    wines = table.PurgeComm
  })
  after(() => {
    table.PurgeComm = wines
  })

  const ways: Readonly<Record<string, PurgeComm>> = {
    'within the call': (handle, flags) => {
      if ((flags & PURGE_RXABORT) !== 0) {
        kernel32.CancelIoEx(handle, null)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
      }
      return wines(handle, flags)
    },
    'a moment later': (handle, flags) => {
      if ((flags & PURGE_RXABORT) !== 0) setTimeout(() => kernel32.CancelIoEx(handle, null), 20)
      return wines(handle, flags)
    },
  }

  for (const [when, purgeComm] of Object.entries(ways)) {
    test(`open(): ${when}`, async () => {
      const port = await open(names.a)
      const peer = await open(names.b)
      await sleep(50)
      table.PurgeComm = purgeComm
      await port.purge('input')
      table.PurgeComm = wines
      await sleep(100)
      await peer.write('hello')
      assert.equal(String(await port.readExactly(5, { timeout: 2000 })), 'hello')
      await Promise.all([port.close(), peer.close()])
    })

    test(`openSync(): ${when}`, async () => {
      const port = openSync(names.a)
      const peer = openSync(names.b)
      assert.equal(port.read(1, { timeout: 1 }).length, 0) // a read is under way from now on
      table.PurgeComm = purgeComm
      port.purge('input')
      table.PurgeComm = wines
      await sleep(100)
      peer.write('hello')
      assert.equal(String(port.readExactly(5, { timeout: 2000 })), 'hello')
      port.close()
      peer.close()
    })
  }
})

test('a write that begins while a purge is under way is not purged', { skip: needsPorts }, async () => {
  const port = await open(names.a)
  const peer = await open(names.b)
  try {
    // Each more than the driver and the cable have room for.
    const old = rejectsWith('ABORTED', port.write(Buffer.alloc(1024 * 1024, 'old')))
    const purging = port.purge('output')
    const data = Buffer.concat([Buffer.alloc(1024 * 1024, '.'), Buffer.from('end')])
    const fresh = port.write(data)
    await purging
    await old
    const received = await peer.readUntil('end', { timeout: 20_000, maxBytes: 4 * 1024 * 1024 })
    assert.ok(received.subarray(-data.byteLength).equals(data), 'bytes are missing')
    assert.equal(await fresh, data.byteLength)
  } finally {
    await Promise.all([port.close(), peer.close()])
  }
})
