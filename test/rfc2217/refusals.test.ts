import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { describe, it } from 'node:test'
import { serveRfc2217 } from '../../src/rfc2217/index.ts'
import { loop } from '../../src/virtual/index.ts'
import { eventually } from '../support/wait.ts'

describe('a client that offers what nobody knows, by the million', { timeout: 60_000 }, () => {
  it('is not read any more when it does not take the refusals', async () => {
    await using port = loop()
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = createConnection((server.address() as AddressInfo).port, '127.0.0.1').pause()
    client.on('error', () => {})
    const [socket] = (await once(server, 'connection')) as [Socket]
    await using session = serveRfc2217(port, socket)
    // DO, of an option that there is not.
    client.write(Buffer.alloc(24_000_000, Uint8Array.of(255, 253, 99)))
    let most = 0
    const isHeld = () => {
      most = Math.max(most, socket.writableLength)
      return socket.isPaused() && socket.writableLength > 0
    }
    await eventually('it is held', isHeld, 20_000)
    assert.ok(most < 1_000_000, `${most} bytes wait for it`)
    client.destroy()
    await session.close()
    server.close()
  })
})
