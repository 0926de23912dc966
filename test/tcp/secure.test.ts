import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer } from 'node:tls'
import { open } from '../../src/index.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { TcpServer, triedAfter } from '../support/tcp.ts'
import { certificate, certificateKey } from '../support/tls.ts'
import { eventually, within } from '../support/wait.ts'

const total = 2_000_000

describe('sockets:// carries', { timeout: 60_000 }, () => {
  for (const receiveBufferSize of [1000, 4096, 65_536]) {
    it(`all that comes to a reader who waits now and then, with a buffer of ${receiveBufferSize}`, async () => {
      const files = { cert: readFileSync(certificate), key: readFileSync(certificateKey) }
      await using server = createServer(files, (socket) => {
        socket.on('error', () => {})
        socket.write(new ByteStream(3).take(total))
      })
      await once(server.listen(0, '127.0.0.1'), 'listening')
      const { port: number } = server.address() as AddressInfo
      await using port = await open(`sockets://127.0.0.1:${number}?timeout=20&ca=${certificate}`, {
        receiveBufferSize,
      })
      await eventually('the buffer is full', () => port.bytesToRead >= receiveBufferSize)
      // One read of the system's may be several records, and all of these come although the port is paused.
      await sleep(200)
      assert.ok(port.bytesToRead < receiveBufferSize + 300_000, `${port.bytesToRead} bytes are kept`)
      const expected = new ByteStream(3)
      for (let count = 1; expected.position < total; count++) {
        expected.expect(await port.read({ timeout: 10_000 }), 'secure')
        if (count % 16 === 0) await sleep(5)
      }
    })
  }
})

describe('sockets:// hears', { timeout: 60_000 }, () => {
  it('an abort whenever it comes, also while TLS is loaded', async () => {
    await using server = await TcpServer.listen()
    for (let turns = 0; turns < 50; turns++) {
      const stop = new AbortController()
      const opening = open(`sockets://127.0.0.1:${server.port}?timeout=30`, { signal: stop.signal })
      const ended = rejectsWith('ABORTED', opening)
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      stop.abort()
      await within(15_000, ended)
    }
  })
})

describe('sockets:// has', () => {
  it('the system try a silent connection', async () => {
    const peers: (number | undefined)[] = []
    const files = { cert: readFileSync(certificate), key: readFileSync(certificateKey) }
    await using server = createServer(files, (socket) => {
      socket.on('error', () => {})
      peers.push(socket.remotePort)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port: number } = server.address() as AddressInfo
    await using port = await open(`sockets://127.0.0.1:${number}?timeout=20&ca=${certificate}`)
    // The timer that sends what was sent again takes its place until the last of it has arrived.
    await eventually('a timer of 15 s at most', () => (triedAfter(peers[0] ?? 0) ?? Infinity) <= 15_000)
    assert.ok(port.isOpen)
  })
})
