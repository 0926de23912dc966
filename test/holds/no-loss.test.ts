import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { createPair } from '../support/pair.ts'
import { Pseudo } from '../support/pseudo.ts'
import { Random, seeded } from '../support/random.ts'
import { gaveUp, receiveAll, sendAll } from '../support/traffic.ts'
import { eventually } from '../support/wait.ts'

const limit = { timeout: 60_000 }

/** What a read that gave up says had arrived, or everything. */
async function arrivedOf(reading: Promise<Buffer>): Promise<number> {
  try {
    return (await reading).byteLength
  } catch (error) {
    return gaveUp(error)
  }
}

function emptyHanded(error: unknown): Buffer {
  gaveUp(error)
  return Buffer.alloc(0)
}

/** Reads so that it can hardly succeed; what it had seen stays for the next read. */
function halfRead(port: SerialPort, random: Random): Promise<Buffer> {
  if (!random.once(3)) return port.readExactly(5, { timeout: random.between(0, 1) })
  const stop = new AbortController()
  setImmediate(() => stop.abort())
  return port.readExactly(5, { signal: stop.signal })
}

describe('no byte is lost or reordered', () => {
  it('in 100 MB, both ways at once, however it is split, cancelled and paused', limit, () =>
    seeded(async (random) => {
      const total = 50_000_000
      await using pair = await createPair()
      await using a = await open(pair.a)
      await using b = await open(pair.b, { receiveBufferSize: 16 * 1024 })
      const fork = () => new Random(random.next())
      const [forth, back] = [random.next(), random.next()]
      await Promise.all([
        sendAll(a, new ByteStream(forth), total, fork()),
        receiveAll(b, new ByteStream(forth), total, fork()),
        sendAll(b, new ByteStream(back), total, fork()),
        receiveAll(a, new ByteStream(back), total, fork()),
      ])
      assert.equal(a.bytesToRead + b.bytesToRead, 0, 'more arrived than was sent')
    }),
  )

  it('in thousands of reads that give up half way', limit, () =>
    seeded(async (random) => {
      await using pair = await createPair()
      await using port = await open(pair.a)
      await using device = await open(pair.b)
      const [sent, received] = [new ByteStream(5), new ByteStream(5)]
      let halves = 0
      for (let round = 0; round < 2000; round++) {
        await device.write(sent.take(3))
        if (round % 2 === 0) while (port.bytesToRead < 3) await immediate()
        const reading = halfRead(port, random)
        // Now and then the rest comes at the very moment at which the read gives up.
        if (random.once(2)) setImmediate(() => void device.write(sent.take(2)))
        else void arrivedOf(reading).then(() => device.write(sent.take(2)))
        halves += Number((await arrivedOf(reading)) === 3)
        const first = await reading.catch((error: unknown) => void gaveUp(error))
        received.expect(first ?? (await port.readExactly(5, { timeout: 5000 })), `round ${round}`)
      }
      assert.ok(halves >= 500, `only ${halves} reads gave up half way`)
    }),
  )

  it('when reads of several kinds wait in line and some give up', limit, () =>
    seeded(async (random) => {
      await using pair = await createPair()
      await using port = await open(pair.a)
      await using device = await open(pair.b)
      const [sent, received] = [new ByteStream(9), new ByteStream(9)]
      for (let round = 0; round < 300; round++) {
        const reads = Array.from({ length: 6 }, () => {
          const [size, limits] = [random.between(1, 40), { timeout: random.between(0, 4) }]
          return (random.once(2) ? port.read(size, limits) : port.readExactly(size, limits)).catch(
            emptyHanded,
          )
        })
        await device.write(sent.take(random.between(1, 100)))
        if (random.once(2)) await sleep(1)
        await device.write(sent.take(random.between(1, 20)))
        for (const bytes of await Promise.all(reads)) received.expect(bytes, `round ${round}`)
      }
      const rest = sent.position - received.position
      if (rest > 0) received.expect(await port.readExactly(rest, { timeout: 5000 }), 'the rest')
    }),
  )

  it('and none is counted as arrived for a read that is not its turn', limit, async () => {
    await using pair = await createPair()
    await using port = await open(pair.a)
    await using device = await open(pair.b)
    const stop = new AbortController()
    const first = port.readExactly(8, { timeout: 5000 })
    void first.catch(() => {})
    const expiring = port.readExactly(8, { timeout: 50 }).catch(gaveUp)
    const stopped = port.readExactly(8, { signal: stop.signal }).catch(gaveUp)
    await device.write('four')
    await eventually('it arrives', () => port.bytesToRead === 4)
    stop.abort()
    assert.deepEqual(await Promise.all([expiring, stopped]), [0, 0])
    await device.write('more')
    assert.equal((await first).toString(), 'fourmore')
  })

  it('when the port is closed right after a write', limit, async () => {
    await using pair = await createPair()
    await using device = await open(pair.b)
    const [sent, received] = [new ByteStream(3), new ByteStream(3)]
    for (let round = 0; round < 200; round++) {
      const port = await open(pair.a)
      await port.write(sent.take(1000))
      await port.close()
      received.expect(await device.readExactly(1000, { timeout: 2000 }), `round ${round}`)
    }
  })

  it('when it arrives before the port is opened', limit, async () => {
    using far = new Pseudo()
    far.send('early and ')
    // On its way through the cable, where there is one.
    await sleep(50)
    await using port = await open(far.path)
    far.send('late')
    assert.equal((await port.readExactly(14, { timeout: 5000 })).toString(), 'early and late')
  })

  it('when purge() takes the beginning of a line that a read waits for', limit, async () => {
    await using pair = await createPair()
    await using port = await open(pair.a)
    await using device = await open(pair.b)
    const line = port.readLine({ timeout: 2000 })
    const until = port.readUntil('!', { timeout: 2000 })
    await device.write('the beginning of a line')
    while (port.bytesToRead < 23) await sleep(1)
    await port.purge('input')
    await device.write('one\ntwo!')
    assert.equal(await line, 'one')
    assert.equal((await until).toString(), 'two!')
  })
})
