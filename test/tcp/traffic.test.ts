import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import type { SerialOptions, SerialPort } from '../../src/index.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { TcpServer } from '../support/tcp.ts'
import { eventually, within } from '../support/wait.ts'

const limit = { timeout: 60_000 }

/** A port, and the plain socket at its other end. */
function connected(
  body: (port: SerialPort, peer: Socket) => Promise<void>,
  options: SerialOptions = {},
): () => Promise<void> {
  return async () => {
    await using server = await TcpServer.listen()
    await using port = await open(server.url, options)
    await body(port, await server.accepted())
  }
}

/** Everything that comes to a peer, as it comes. */
function listen(peer: Socket): { readonly chunks: Buffer[]; length: number; ended: boolean } {
  const heard = { chunks: [] as Buffer[], length: 0, ended: false }
  peer.on('data', (chunk: Buffer) => {
    heard.chunks.push(chunk)
    heard.length += chunk.length
  })
  peer.on('end', () => (heard.ended = true))
  peer.resume()
  return heard
}

/** Bytes of memory that buffers hold. */
async function buffers(): Promise<number> {
  await sleep(10)
  global.gc?.()
  return process.memoryUsage().arrayBuffers
}

describe('socket:// carries', limit, () => {
  it(
    '10 MB each way at once, with every byte value',
    connected(async (port, peer) => {
      const total = 10_000_000
      const [out, outExpected] = [new ByteStream(1), new ByteStream(1)]
      const [back, backExpected] = [new ByteStream(2), new ByteStream(2)]
      peer.on('data', (chunk: Buffer) => outExpected.expect(chunk, 'out'))
      peer.resume()
      const writing = (async () => {
        while (out.position < total) await port.write(out.take(100_000))
      })()
      const sending = (async () => {
        while (back.position < total) {
          const data = back.take(100_000)
          await new Promise((resolve) => peer.write(data, resolve))
        }
      })()
      while (backExpected.position < total) backExpected.expect(await port.read({ timeout: 10_000 }), 'back')
      await Promise.all([writing, sending])
      await eventually('all has arrived', () => outExpected.position === total)
    }),
  )

  it(
    'to a slow reader no more than it takes, in a bounded memory',
    connected(
      async (port, peer) => {
        const stream = new ByteStream(3)
        const data = new ByteStream(3).take(40_000_000)
        const before = await buffers()
        let flushed = 0
        peer.write(data, () => (flushed = data.length))
        await eventually('it is paused', () => port.bytesToRead >= 4096)
        await sleep(200)
        const grown = (await buffers()) - before
        assert.ok(grown < 1_000_000, `${grown} bytes of memory are held`)
        assert.equal(flushed, 0, 'all of it went somewhere')
        while (stream.position < data.length) stream.expect(await port.read({ timeout: 5000 }), 'slow reader')
      },
      { receiveBufferSize: 4096 },
    ),
  )

  it(
    'nothing to a peer that never reads: the write times out, with the count of what the socket was given',
    connected(async (port, peer) => {
      const data = new ByteStream(4).take(60_000_000)
      const before = await buffers()
      const { bytesTransferred = 0 } = await rejectsWith('TIMEOUT', port.write(data, { timeout: 300 }))
      assert.ok(bytesTransferred > 0 && bytesTransferred < data.length)
      const grown = (await buffers()) - before
      assert.ok(grown < 1_000_000, `${grown} bytes of memory are held`)
      assert.ok(port.bytesToWrite > 0 && port.bytesToWrite <= 65_536, `${port.bytesToWrite}`)
      // The memory is the caller's again: what was taken is not to change with it.
      const expected = Buffer.from(data.subarray(0, bytesTransferred))
      data.fill(0)
      // Nothing of this one is taken.
      const second = await rejectsWith('TIMEOUT', port.write('never', { timeout: 50 }))
      assert.equal(second.bytesTransferred, 0)
      await rejectsWith('TIMEOUT', port.drain({ timeout: 50 }))
      const heard = listen(peer)
      await port.drain({ timeout: 10_000 })
      assert.equal(await port.write('and on'), 6)
      await eventually('it has arrived', () => heard.length === bytesTransferred + 6)
      const all = Buffer.concat(heard.chunks)
      assert.ok(all.subarray(0, bytesTransferred).equals(expected))
      assert.equal(all.subarray(bytesTransferred).toString(), 'and on')
    }),
  )

  it(
    'a small write that is stuck as it was when it was made',
    connected(async (port, peer) => {
      let total = 0
      const data = Buffer.alloc(4096)
      while (port.bytesToWrite === 0) total += await port.write(data.fill('a'), { timeout: 100 })
      // Given to the socket, it counts as taken, and its memory is the caller's again.
      data.fill('b')
      const heard = listen(peer)
      await eventually('all has arrived', () => heard.length === total)
      assert.ok(!Buffer.concat(heard.chunks).includes('b'))
    }),
  )

  it('each port its own bytes, when several are paused', async () => {
    await using server = await TcpServer.listen()
    await using one = await open(server.url, { receiveBufferSize: 64 })
    const first = await server.accepted()
    await using two = await open(server.url)
    const second = await server.accepted()
    first.write('1'.repeat(128))
    await eventually('the first is paused and has more', () => one.bytesToRead === 128)
    second.write('2'.repeat(1000))
    assert.equal(String(await two.readExactly(1000)), '2'.repeat(1000))
    assert.equal(String(await one.readExactly(128)), '1'.repeat(128))
  })

  it(
    'a write that is aborted, purged or closed, as far as it says',
    connected(async (port, peer) => {
      const data = Buffer.alloc(30_000_000, 'a')
      const stop = new AbortController()
      const aborted = rejectsWith('ABORTED', port.write(data, { signal: stop.signal }))
      const waiting = rejectsWith('ABORTED', port.write('purged'))
      await sleep(100)
      stop.abort()
      const first = (await aborted).bytesTransferred ?? 0
      await port.purge('output')
      assert.equal((await waiting).bytesTransferred, 0)
      const heard = listen(peer)
      await eventually('what was taken arrives', () => heard.length === first)
      await sleep(50)
      assert.equal(heard.length, first)
      peer.pause()
      const closed = rejectsWith('PORT_NOT_OPEN', port.write(data))
      await sleep(100)
      const closing = port.close()
      const second = (await closed).bytesTransferred ?? 0
      peer.resume()
      await closing
      await eventually('and the end', () => heard.ended)
      assert.equal(heard.length, first + second)
    }),
  )
})

describe('socket:// drops on purge', limit, () => {
  it(
    'all that has arrived, what the system still holds too',
    connected(
      async (port, peer) => {
        peer.write(Buffer.alloc(300_000, 'old'))
        await eventually('it is paused', () => port.bytesToRead >= 1024)
        await sleep(100)
        await port.purge('input')
        assert.equal(port.bytesToRead, 0)
        peer.write('new')
        assert.equal(String(await port.readExactly(3, { timeout: 5000 })), 'new')
        // It is paused and goes on as before.
        peer.write(Buffer.alloc(100_000, 'x'))
        await eventually('it is paused again', () => port.bytesToRead >= 1024)
        assert.equal((await port.readExactly(100_000, { timeout: 5000 })).length, 100_000)
      },
      { receiveBufferSize: 1024 },
    ),
  )

  it(
    'and goes on when it was resumed meanwhile, or purged twice',
    connected(
      async (port, peer) => {
        peer.write(Buffer.alloc(300_000, 'old'))
        await eventually('it is paused', () => port.bytesToRead >= 1024)
        const reading = port.readExactly(2000, { timeout: 5000 })
        const purges = [port.purge('input'), port.purge()]
        await reading.catch(() => {})
        await Promise.all(purges)
        peer.write('new')
        await within(5000, port.readUntil('new'))
      },
      { receiveBufferSize: 1024 },
    ),
  )

  it(
    'within a bounded time when bytes keep coming',
    connected(async (port, peer) => {
      let on = true
      const more = () => {
        if (on) peer.write(Buffer.alloc(65_536), more)
      }
      more()
      await port.read()
      await within(5000, port.purge())
      on = false
    }),
  )
})

describe('socket:// has no', limit, () => {
  it(
    'control lines and no break, and takes line settings without effect',
    connected(
      async (port, peer) => {
        const heard = listen(peer)
        await rejectsWith('UNSUPPORTED', port.getSignals())
        await rejectsWith('UNSUPPORTED', port.setSignals({ dtr: true }))
        await rejectsWith('UNSUPPORTED', port.sendBreak(1))
        await port.reconfigure({ baudRate: 57_600, parity: 'even', flowControl: 'hardware' })
        assert.equal(port.settings.baudRate, 57_600)
        await rejectsWith('UNSUPPORTED', port.reconfigure({ rs485: { enabled: true } }))
        await port.reconfigure({ rs485: { enabled: false } })
        await port.write('x')
        await eventually('it works', () => heard.length === 1)
      },
      { baudRate: 300, dtr: false, flowControl: 'dsr-dtr', lineErrors: 'report', lowLatency: true },
    ),
  )
})
