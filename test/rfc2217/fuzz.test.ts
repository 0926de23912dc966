import assert from 'node:assert/strict'
import { it } from 'node:test'
import { encode } from '../../src/rfc2217/com-port.ts'
import { Protocol } from '../../src/rfc2217/protocol.ts'
import { iac, se } from '../../src/rfc2217/telnet.ts'
import { seeded } from '../support/random.ts'
import { begun, hear } from './gather.ts'
import { cut, sensible, spoil, streams, telling } from './spoiled.ts'

it(
  `${streams} spoiled streams mean the same however they are cut, and leave the session usable`,
  { timeout: 1_000_000 },
  () =>
    seeded((random) => {
      for (let count = 0; count < streams; count++) {
        const role = random.once(2) ? 'client' : 'server'
        const sender = role === 'client' ? 'server' : 'client'
        const stream = spoil(random, sensible(random, sender))
        const [whole, inPieces] = [begun(role), begun(role)]
        const heard = hear(role, [stream], whole)
        assert.deepEqual(hear(role, cut(random, stream), inPieces), heard)
        // No more comes out than went in.
        assert.ok(heard.data.length + heard.replies.length <= stream.length * 2)

        // Whatever was begun is ended by this; then all is as at the start.
        hear(role, [Uint8Array.of(0, iac, se, 0)], whole)
        const rest = hear(role, [Uint8Array.of(1, ...encode(sender, 'baudRate', 9600), 2)], whole)
        assert.deepEqual(rest.data, [1, 2])
        assert.equal(rest.rest.length, 1)
        assert.deepEqual(rest.replies, [])
      }
    }),
)

it('a short stream is cut at every position, in two places at once, for a thousand of them', () =>
  seeded((random) => {
    for (let count = 0; count < 1000; count++) {
      const stream = spoil(random, sensible(random, 'client')).subarray(0, 40)
      const whole = hear('server', [stream])
      for (let at = 0; at <= stream.length; at++) {
        assert.deepEqual(hear('server', [stream.subarray(0, at), stream.subarray(at)]), whole)
      }
    }
  }))

it('64 MB of nonsense take no memory', () =>
  seeded((random) => {
    const protocol = new Protocol('server')
    const chunk = new Uint8Array(64 * 1024)
    const nonsense = Uint8Array.from(chunk, () =>
      random.once(4) ? (telling[random.between(0, telling.length - 1)] ?? iac) : random.next(),
    )
    const feed = (times: number) => {
      for (let count = 0; count < times; count++) {
        chunk.set(nonsense)
        protocol.receive(chunk)
      }
    }
    feed(20)
    global.gc?.()
    const before = process.memoryUsage()
    feed(1000)
    global.gc?.()
    const after = process.memoryUsage()
    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers
    assert.ok(grown < 8_000_000, `${grown} bytes`)
  }))
