import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSync } from '../../src/index.ts'
import type { SerialPortSync } from '../../src/index.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { createPair } from '../support/pair.ts'
import { Pseudo } from '../support/pseudo.ts'
import { seeded } from '../support/random.ts'
import type { Random } from '../support/random.ts'
import { gaveUp } from '../support/traffic.ts'

const limit = { timeout: 60_000 }

/** Sends some bytes; those that there was no room for are kept for the next time. */
class Sender {
  readonly #port: SerialPortSync
  readonly #stream: ByteStream
  #rest: Uint8Array = Buffer.alloc(0)

  constructor(port: SerialPortSync, stream: ByteStream) {
    this.#port = port
    this.#stream = stream
  }

  send(random: Random): void {
    if (this.#rest.byteLength === 0) this.#rest = this.#stream.take(random.between(1, 20_000))
    this.#rest = this.#rest.subarray(
      attempt(() => this.#port.write(this.#rest, { timeout: random.between(0, 1) })),
    )
  }

  get sent(): number {
    return this.#stream.position - this.#rest.byteLength
  }
}

/** How many bytes a write took, also when it gave up. */
function attempt(write: () => number): number {
  try {
    return write()
  } catch (error) {
    return gaveUp(error)
  }
}

/** Reads in one of the ways that keep every byte; nothing when it gave up. */
function receive(port: SerialPortSync, size: number, random: Random): Buffer {
  const limits = { timeout: random.between(0, 1) }
  const way = random.between(0, 3)
  try {
    if (way === 0) return port.read(limits)
    if (way === 1) return port.read(size, limits)
    if (way === 2) return port.readExactly(size, limits)
    return port.readUntil(Uint8Array.of(7), { ...limits, maxBytes: size })
  } catch (error) {
    gaveUp(error)
    return Buffer.alloc(0)
  }
}

describe('no byte is lost or reordered by blocking ports', () => {
  it('both ways, however it is split and given up', limit, () =>
    seeded(async (random) => {
      await using pair = await createPair()
      using a = openSync(pair.a)
      using b = openSync(pair.b)
      const lanes = [
        { sender: new Sender(a, new ByteStream(1)), to: b, stream: new ByteStream(1) },
        { sender: new Sender(b, new ByteStream(2)), to: a, stream: new ByteStream(2) },
      ]
      while (lanes.some(({ stream }) => stream.position < 4_000_000)) {
        for (const { sender, stream, to } of lanes) {
          sender.send(random)
          for (let reads = random.between(0, 6); reads > 0; reads--) {
            stream.expect(receive(to, random.between(1, 5000), random), 'the blocking read')
          }
        }
        if (random.once(200)) a.reconfigure({ baudRate: random.once(2) ? 9600 : 115200 })
      }
      for (const { sender, stream, to } of lanes) {
        const left = sender.sent - stream.position
        if (left > 0) stream.expect(to.readExactly(left, { timeout: 5000 }), 'the rest')
        assert.equal(to.read({ timeout: 50 }).byteLength, 0, 'more arrived than was sent')
      }
    }),
  )

  it('in reads that give up half way', limit, async () => {
    await using pair = await createPair()
    using port = openSync(pair.a)
    using device = openSync(pair.b)
    const [sent, received] = [new ByteStream(5), new ByteStream(5)]
    for (let round = 0; round < 1000; round++) {
      device.write(sent.take(3))
      assert.throws(() => port.readExactly(5, { timeout: round % 2 }), { code: 'TIMEOUT' })
      device.write(sent.take(2))
      received.expect(port.readExactly(5, { timeout: 5000 }), `round ${round}`)
    }
  })

  it('when it arrives before the port is opened', limit, async () => {
    using far = new Pseudo()
    far.send('early and ')
    // On its way through the cable, where there is one.
    await sleep(50)
    using port = openSync(far.path)
    far.send('late')
    assert.equal(port.readExactly(14, { timeout: 5000 }).toString(), 'early and late')
  })

  it('when the port is closed right after a write', limit, async () => {
    await using pair = await createPair()
    using device = openSync(pair.b)
    const [sent, received] = [new ByteStream(3), new ByteStream(3)]
    for (let round = 0; round < 300; round++) {
      const port = openSync(pair.a)
      port.write(sent.take(1000))
      port.close()
      received.expect(device.readExactly(1000, { timeout: 2000 }), `round ${round}`)
    }
  })
})
