import assert from 'node:assert/strict'
import { it } from 'node:test'
import { encode } from '../../src/rfc2217/com-port.ts'
import type { Role } from '../../src/rfc2217/com-port.ts'
import { Protocol } from '../../src/rfc2217/protocol.ts'
import { escape, iac, sb, se } from '../../src/rfc2217/telnet.ts'
import { seeded } from '../support/random.ts'
import type { Random } from '../support/random.ts'
import { begun, hear } from './gather.ts'

/** How many streams: `BAUD_FUZZ_STREAMS=1000000` for a long run. */
const streams = Number(process.env['BAUD_FUZZ_STREAMS'] ?? 100_000)

const commands = ['baudRate', 'parity', 'control', 'modemState', 'suspend', 'resume', 'purge'] as const

/** Bytes that mean something, which a stream of chance would seldom have. */
const telling = [iac, sb, se, 251, 252, 253, 254, 0, 1, 3, 44, 101, 107]

/** A stream that has sense, before it is spoiled. */
function sensible(random: Random, sender: Role): number[] {
  const parts: number[] = []
  for (let count = random.between(1, 6); count > 0; count--) {
    const kind = random.between(0, 3)
    const command = commands[random.between(0, commands.length - 1)] ?? 'purge'
    if (kind === 0) parts.push(...encode(sender, command, random.next() % 256))
    else if (kind === 1) parts.push(...encode(sender, 'signature', 0, 'x'.repeat(random.between(0, 40))))
    else if (kind === 2) parts.push(iac, random.between(251, 254), random.between(0, 50))
    else parts.push(...escape(Uint8Array.from({ length: random.between(1, 20) }, () => random.next())))
  }
  return parts
}

/** Drops, doubles, changes and adds bytes. */
function spoil(random: Random, stream: number[]): Uint8Array {
  for (let count = random.between(0, 6); count > 0; count--) {
    const at = random.between(0, stream.length)
    const byte = random.once(2) ? random.next() : (telling[random.between(0, telling.length - 1)] ?? iac)
    const kind = random.between(0, 3)
    if (kind === 0) stream.splice(at, random.between(1, 4))
    else if (kind === 1) stream.splice(at, 0, byte & 255)
    else if (kind === 2) stream[at] = byte & 255
    else stream.splice(at, 0, ...stream.slice(at, at + random.between(1, 8)))
  }
  return Uint8Array.from(stream)
}

function cut(random: Random, stream: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < stream.length;) {
    const length = random.between(1, 12)
    pieces.push(stream.subarray(at, at + length))
    at += length
  }
  return pieces
}

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
