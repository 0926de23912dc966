import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { open } from '../../src/index.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { certificate, certificateKey, token } from '../support/tls.ts'
import { givesAllBack } from '../support/resources.ts'
import { timed, within } from '../support/wait.ts'
import { Serving } from './serving.ts'

const limit = { timeout: 60_000 }

/** One client at each door, one on its way in, and one that is deaf. */
async function visit(serving: Serving): Promise<() => Promise<void>> {
  const port = await open(`rfc2217://${serving.place('rfc2217')}?timeout=20&token=${token}`)
  const raw = await open(`socket://${serving.place('tcp')}?timeout=20&token=${token}`)
  const headers = { authorization: `Bearer ${token}` }
  const socket = new WebSocket(`ws://${serving.place('websocket')}`, { headers })
  await once(socket, 'open')
  const coming = await serving.connect('tcp')
  const deaf = await serving.connect('tcp')
  deaf.socket.write(`BAUD/1 token ${token}\n`)
  await deaf.hears('ok')
  deaf.socket.pause()
  return async () => {
    assert.equal((await within(10_000, port.closed))?.code, 'DISCONNECTED')
    assert.equal((await within(10_000, raw.closed))?.code, 'DISCONNECTED')
    if (socket.readyState !== socket.CLOSED) await within(10_000, once(socket, 'close'))
    await coming.closed()
    deaf.socket.destroy()
  }
}

describe('when the server stops', limit, () => {
  it('clients are told, what was written leaves, and everything is given back', async () => {
    // What is loaded and set up once stays.
    await (await Serving.begin({ tcp: '0', websocket: '0', rfc2217: '0' }, { port: 'loop://' })).stop()
    await givesAllBack(async () => {
      await using serving = await Serving.begin({ rfc2217: '0', tcp: '0', websocket: '0' }, { token })
      const port = await open(`rfc2217://${serving.place('rfc2217')}?timeout=20&token=${token}`)
      await port.write('last words')
      const left = await visit(serving)
      const { ms } = await timed(serving.stop())
      assert.ok(ms < 10_000, `${ms} ms`)
      assert.equal(String(await serving.device?.readExactly(10, { timeout: 5000 })), 'last words')
      await left()
      await port.close()
    })
  })

  it('who is on the way in, or watches, does not get the port any more', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0' }, { token })
    using first = await serving.connect('rfc2217')
    first.socket.write(`BAUD/1 token ${token}\n`)
    await serving.logs(/became writer/)
    using deaf = await serving.connect('rfc2217')
    deaf.socket.write(`BAUD/1 token ${token}\n`)
    await serving.logs(/watches/)
    deaf.socket.pause()
    using coming = await serving.connect('tcp')
    // It is known to the server.
    await sleep(200)
    const stopped = serving.stop()
    await first.closed()
    coming.socket.write(`BAUD/1 token ${token}\n`)
    await coming.closed()
    await stopped
    assert.equal(coming.heard.length, 0)
    assert.equal(serving.log.filter((line) => line.includes('became writer')).length, 1)
  })

  it('in the middle of everything it is over soon', async () => {
    const tls = { 'tls-cert': certificate, 'tls-key': certificateKey }
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0', ...tls }, { token })
    const { device } = serving
    assert.ok(device)
    const url = `sockets://${serving.place('tcp')}?timeout=20&ca=${certificate}&token=${token}`
    const writer = await open(url)
    const sending = writer.write(new Uint8Array(10_000_000)).catch(() => {})
    const receiving = device.write(new Uint8Array(10_000_000)).catch(() => {})
    const opening = rejectsWith(
      'DISCONNECTED',
      open(url).then((port) => port.closed.then((why) => Promise.reject(why ?? new Error()))),
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    await within(10_000, serving.stop())
    assert.equal((await within(10_000, writer.closed))?.code, 'DISCONNECTED')
    await device.close()
    await Promise.all([sending, receiving, opening])
  })
})
