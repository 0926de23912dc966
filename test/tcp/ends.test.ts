import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { Child } from '../support/child.ts'
import { givesAllBack } from '../support/resources.ts'
import { TcpServer } from '../support/tcp.ts'
import { eventually, timed, within } from '../support/wait.ts'

const limit = { timeout: 60_000 }

/** A port, and the plain socket at its other end. */
async function pair(
  server: TcpServer,
  receiveBufferSize = 1024 * 1024,
): Promise<{ port: SerialPort; peer: Socket }> {
  const port = await open(server.url, { receiveBufferSize })
  return { port, peer: await server.accepted() }
}

describe('when the other end of socket://', limit, () => {
  it('ends its side, what it sent before can be read, and then the port is DISCONNECTED', async () => {
    await using server = await TcpServer.listen()
    const { peer, port } = await pair(server)
    peer.end('last words')
    const { code, syscall } = (await port.closed) ?? {}
    assert.deepEqual([code, syscall], ['DISCONNECTED', 'read'])
    assert.equal(String(await port.read()), 'last words')
    await rejectsWith('DISCONNECTED', port.read())
    await rejectsWith('DISCONNECTED', port.write('x'))
  })

  it('ends its side behind more than the port holds, all of that comes first', async () => {
    await using server = await TcpServer.listen()
    const { peer, port } = await pair(server, 1024)
    const total = 3_000_000
    peer.end(new ByteStream(1).take(total))
    await eventually('it is paused', () => port.bytesToRead >= 1024)
    await sleep(100)
    assert.ok(port.isOpen)
    const expected = new ByteStream(1)
    for await (const chunk of port) {
      expected.expect(chunk, 'before the end')
      if (expected.position === total) break
    }
    await rejectsWith('DISCONNECTED', port.read({ timeout: 5000 }))
  })

  it('ends its side while it does not read what is sent, that is an end', async () => {
    await using server = await TcpServer.listen()
    const { peer, port } = await pair(server)
    const writing = rejectsWith('DISCONNECTED', port.write(Buffer.alloc(30_000_000)))
    await sleep(50)
    peer.end()
    await rejectsWith('DISCONNECTED', within(5000, port.read()))
    await writing
  })

  it('goes while nobody reads, that is noticed', async () => {
    await using server = await TcpServer.listen()
    for (const leave of [(peer: Socket) => peer.end(), (peer: Socket) => peer.resetAndDestroy()]) {
      const { peer, port } = await pair(server, 64)
      peer.write('x'.repeat(64))
      await eventually('the buffer is full', () => port.bytesToRead === 64)
      leave(peer)
      assert.equal((await within(5000, port.closed))?.code, 'DISCONNECTED')
      assert.equal((await port.read()).length, 64)
    }
  })

  it('resets it while more has come than the port takes, a write that notices loses nothing of that', async () => {
    await using server = await TcpServer.listen()
    const { peer, port } = await pair(server, 1024)
    peer.write('a'.repeat(1024))
    await eventually('the buffer is full', () => port.bytesToRead === 1024)
    peer.write('b'.repeat(1000))
    await eventually('the rest has come, too', () => port.bytesToRead === 2024)
    peer.resetAndDestroy()
    await eventually('a write notices', async () => {
      await port.write('x').catch(() => {})
      return !port.isOpen
    })
    const bytes = await port.read()
    assert.deepEqual([bytes.length, bytes.indexOf('b')], [2024, 1024])
    await rejectsWith('DISCONNECTED', port.read())
  })

  it('resets it, reads and writes fail, and the count of a write is what the socket was given', async () => {
    await using server = await TcpServer.listen()
    const { peer, port } = await pair(server)
    const reading = rejectsWith('DISCONNECTED', port.read())
    const writing = rejectsWith('DISCONNECTED', port.write(Buffer.alloc(50_000_000)))
    const draining = rejectsWith('DISCONNECTED', port.drain())
    await sleep(100)
    peer.resetAndDestroy()
    const { errnoName, message } = await reading
    assert.match(errnoName ?? '', /ECONNRESET|EPIPE/)
    assert.match(message, /has (reset|closed) the connection/)
    const { bytesTransferred = -1 } = await writing
    assert.ok(bytesTransferred > 0 && bytesTransferred < 50_000_000)
    await draining
    assert.equal((await port.closed)?.code, 'DISCONNECTED')
  })

  it('has gone, a write into the void does not hang', async () => {
    await using server = await TcpServer.listen()
    const { peer, port } = await pair(server)
    peer.resetAndDestroy()
    let failure: unknown
    while (failure === undefined) await port.write('x').catch((error: unknown) => (failure = error))
    await rejectsWith('DISCONNECTED', port.write(Buffer.alloc(1_000_000)))
    await rejectsWith('DISCONNECTED', port.drain())
  })
})

describe('closing socket://', limit, () => {
  it('lets what was written arrive, also when what was received is not read', async () => {
    await using server = await TcpServer.listen()
    const { peer, port } = await pair(server, 1024)
    // As much as the system holds for a peer that does not read yet.
    const total = 500_000
    peer.write(Buffer.alloc(1_000_000, 'unread'))
    await eventually('it is paused', () => port.bytesToRead >= 1024)
    assert.equal(await port.write(new ByteStream(5).take(total), { timeout: 5000 }), total)
    await port.close()
    const expected = new ByteStream(5)
    const reading = (async () => {
      for await (const chunk of peer) expected.expect(chunk as Buffer, 'after the close')
    })()
    await within(10_000, reading)
    assert.equal(expected.position, total)
  })

  it('ends soon, whatever the other end does', async () => {
    await using server = await TcpServer.listen()
    const quiet = await pair(server)
    assert.ok((await timed(quiet.port.close())).ms < 5000, 'a peer that keeps its side open')

    const chatty = await pair(server)
    chatty.port.write(Buffer.alloc(30_000_000)).catch(() => {})
    const chatter = setInterval(() => chatty.peer.write('more'), 5)
    await sleep(50)
    const longest = (await timed(chatty.port.close())).ms
    assert.ok(longest < 10_000, 'a peer that never reads and never stops talking')

    const stuck = await pair(server)
    stuck.port.write(Buffer.alloc(30_000_000)).catch(() => {})
    await sleep(50)
    assert.ok((await timed(stuck.port.close())).ms < longest - 500, 'a peer that never reads')
    clearInterval(chatter)
  })

  it('gives everything back', async () => {
    await using server = await TcpServer.listen()
    await givesAllBack(async () => {
      for (let round = 0; round < 200; round++) {
        const { peer, port } = await pair(server)
        const reading = rejectsWith(round % 2 === 0 ? 'PORT_NOT_OPEN' : 'DISCONNECTED', port.read())
        if (round % 2 === 0) {
          peer.on('end', () => peer.destroy())
          peer.resume()
          await port.close()
        } else {
          peer.destroy()
          await port.closed
        }
        await reading
        peer.destroy()
      }
    })
  })
})

describe('a process with socket://', limit, () => {
  for (const scenario of [
    'open',
    'open, paused by as much as it holds',
    'open, unreferenced and referenced again',
  ]) {
    it(`stays alive while it is ${scenario}`, async () => {
      await using server = await TcpServer.listen()
      await using child = new Child('scenario', scenario, server.url)
      const peer = await server.accepted()
      peer.write('x'.repeat(200))
      assert.equal(await child.line(), 'ready')
      let ended = false
      void child.ended.then(() => (ended = true))
      await sleep(400)
      assert.equal(ended, false)
      // Where the port is full, the end stands behind bytes that nobody reads.
      peer.destroy()
      if (scenario.includes('paused')) return
      const { code, stderr } = await within(5000, child.ended)
      assert.deepEqual([code, stderr], [0, ''])
    })
  }

  for (const scenario of ['unreferenced', 'unreferenced, with reads pending', 'closed']) {
    it(`ends by itself when it is ${scenario}`, async () => {
      await using server = await TcpServer.listen()
      await using child = new Child('scenario', scenario, server.url)
      const { code, stderr, stdout } = await within(5000, child.ended)
      assert.deepEqual([code, stderr, stdout], [0, '', 'ready\n'])
    })
  }
})
