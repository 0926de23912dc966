// Clients that vanish without a word, and those that are only silent.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { open } from '../../src/index.ts'
import { FaultyNetwork } from '../support/faulty-network.ts'
import { Pseudo } from '../support/pseudo.ts'
import { eventually } from '../support/wait.ts'
import { Peer, Serving } from './serving.ts'

const limit = { timeout: 60_000, concurrency: 4 }

/** Seconds, and the same in words of the log. */
const answer = { 'answer-timeout': '0.9' }
const cutOff = /cut off: it does not answer any more, and others have waited 0\.9 s for it/

/** What is waited for to see that nothing happens, in ms: several times the time-out. */
const longEnough = 3500

/** Connects to a door, by a network or directly; what the client does is its own affair. */
const clients: Readonly<Record<'rfc2217' | 'websocket', (place: string) => Promise<AsyncDisposable>>> = {
  rfc2217: (place) => open(`rfc2217://${place}?timeout=20`),
  async websocket(place) {
    const socket = new WebSocket(`ws://${place}`)
    await once(socket, 'open')
    return { [Symbol.asyncDispose]: async () => socket.terminate() }
  },
}

function count(serving: Serving, wanted: RegExp): number {
  return serving.log.filter((line) => wanted.test(line)).length
}

for (const kind of ['rfc2217', 'websocket'] as const) {
  describe(`a writer over ${kind}`, limit, () => {
    it('that has vanished without a word loses the port to whoever waits for it', async () => {
      await using serving = await Serving.begin({ [kind]: '0', tcp: '0', ...answer })
      await using network = await FaultyNetwork.to(serving.number(kind))
      await using writer = await clients[kind](`127.0.0.1:${network.number}`)
      await serving.logs(/became writer/)
      using next = await serving.connect('tcp')
      await serving.logs(/tcp \S+ watches/)
      // It is known to answer, and goes on to for as long as it can.
      await sleep(longEnough)
      assert.equal(count(serving, /cut off/), 0)
      network.strike('stall')
      const begun = performance.now()
      await serving.logs(cutOff)
      await eventually('the next has its turn', () => count(serving, /became writer/) === 2)
      const ms = performance.now() - begun
      assert.ok(ms > 500 && ms < 5000, `${ms} ms`)
      next.socket.write('mine')
      assert.equal(String(await serving.device?.readExactly(4, { timeout: 5000 })), 'mine')
      assert.ok(writer)
    })

    it('may be as silent as it likes while nobody waits for it', async () => {
      await using serving = await Serving.begin({ [kind]: '0', tcp: '0', ...answer })
      await using network = await FaultyNetwork.to(serving.number(kind))
      await using writer = await clients[kind](`127.0.0.1:${network.number}`)
      await serving.logs(/became writer/)
      await sleep(300)
      network.strike('stall')
      await sleep(longEnough)
      assert.equal(count(serving, /cut off/), 0)
      using next = await serving.connect('tcp')
      await serving.logs(cutOff)
      assert.ok(writer)
      assert.ok(!next.isClosed)
    })

    it('loses it also to one that was refused', async () => {
      await using serving = await Serving.begin({ [kind]: '0', tcp: '0', watchers: 'no', ...answer })
      await using network = await FaultyNetwork.to(serving.number(kind))
      await using writer = await clients[kind](`127.0.0.1:${network.number}`)
      await serving.logs(/became writer/)
      await sleep(300)
      network.strike('stall')
      using refused = await serving.connect('tcp')
      await refused.closed()
      await serving.logs(cutOff)
      await serving.logs(new RegExp(`${kind} \\S+ gone`))
      using next = await serving.connect('tcp')
      await eventually('its turn', () => count(serving, /became writer/) === 2)
      assert.ok(writer)
      assert.ok(!next.isClosed)
    })

    it('is silent in spite of its answers: the idle time-out holds for it', async () => {
      const keys = { [kind]: '0', tcp: '0', 'answer-timeout': '0.3', 'idle-timeout': '1.5' }
      await using serving = await Serving.begin(keys)
      await using writer = await clients[kind](serving.place(kind))
      await serving.logs(/became writer/)
      using next = await serving.connect('tcp')
      const busy = setInterval(() => next.socket.write('.'), 100)
      await serving.logs(new RegExp(`${kind} \\S+ cut off: silent for 1\\.5 s`))
      clearInterval(busy)
      assert.ok(writer)
    })
  })
}

describe('a client that can not be asked', limit, () => {
  for (const kind of ['rfc2217', 'tcp']) {
    it(`is left alone, and hears nothing of it: bytes alone over ${kind}`, async () => {
      await using serving = await Serving.begin({ [kind]: '0', tcp: '0', 'answer-timeout': '0.3' })
      using writer = await serving.connect(kind)
      await serving.logs(/became writer/)
      using next = await serving.connect('tcp')
      await serving.logs(/watches/)
      writer.socket.write('x')
      await sleep(1500)
      assert.equal(count(serving, /cut off/), 0)
      assert.ok(!writer.isClosed && !next.isClosed)
      // IAC DO TIMING-MARK
      assert.ok(!writer.heard.includes(Buffer.of(255, 253, 6)))
    })
  }

  it('since the port takes no more of it, is not silent', async () => {
    using stuck = new Pseudo()
    const keys = { tcp: '0', 'idle-timeout': '0.5', 'stall-timeout': '60' }
    await using serving = await Serving.begin(keys, { port: stuck.path })
    const socket = createConnection(serving.number('tcp'), '127.0.0.1')
    using writer = new Peer(socket)
    const total = 1_000_000
    let sent = false
    socket.write(Buffer.alloc(total, 'x'), () => (sent = true))
    await serving.logs(/became writer/)
    await sleep(2000)
    assert.equal(count(serving, /cut off/), 0)
    let came = 0
    await eventually(
      'all of it',
      () => {
        came += stuck.take().byteLength
        return came === total
      },
      20_000,
    )
    assert.ok(sent)
    await serving.logs(/cut off: silent for 0\.5 s/)
    await writer.closed()
  })
})
