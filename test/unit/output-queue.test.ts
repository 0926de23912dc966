// Writes that go together: each is told exactly what of it went, whatever ends it.
import assert from 'node:assert/strict'
import { getEventListeners, setMaxListeners } from 'node:events'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SerialError, SerialPort } from '../../src/index.ts'
import { seeded } from '../support/random.ts'
import type { Random } from '../support/random.ts'
import { Child } from '../support/child.ts'
import { FakeTransport } from './fake-transport.ts'

/** How many bytes of a write went, whether it was done or not. */
function went(writing: Promise<number>): Promise<number> {
  return writing.catch((error: unknown) => {
    assert.ok(error instanceof SerialError, String(error))
    assert.notEqual(error.bytesTransferred, undefined)
    return error.bytesTransferred ?? 0
  })
}

/** Counts how often it is called, and for how many bytes. */
class Counting extends FakeTransport {
  readonly sizes: number[] = []

  override write(data: Uint8Array): number | Promise<number> {
    this.sizes.push(data.byteLength)
    return super.write(data)
  }
}

it('a rush takes few calls, in order, also of a device that takes everything at once', async () => {
  const fake = new Counting()
  const port = new SerialPort(fake)
  const bytes = Array.from({ length: 10_000 }, (_, i) => i % 251)
  const writes = bytes.map((byte) => port.write(Uint8Array.of(byte)))
  assert.deepEqual(new Set(await Promise.all(writes)), new Set([1]))
  assert.deepEqual(fake.written, bytes)
  assert.ok(fake.sizes.length < 20, `${fake.sizes.length} calls`)
})

it('a write that is waited for goes at once, by itself', async () => {
  const fake = new Counting()
  const port = new SerialPort(fake)
  for (let i = 0; i < 100; i++) {
    const writing = port.write('four')
    assert.equal(fake.sizes.length, i + 1)
    await writing
  }
})

it('whatever comes right behind writes finds them taken, however many went before', async () => {
  const behind: Readonly<Record<string, (port: SerialPort) => Promise<void>>> = {
    close: (port) => port.close(),
    purge: (port) => port.purge('output'),
    set: (port) => port.setSignals({ rts: false }),
    'set break': (port) => port.sendBreak(0),
  }
  for (const [name, act] of Object.entries(behind)) {
    for (let before = 0; before < 20; before++) {
      const fake = new FakeTransport()
      const port = new SerialPort(fake)
      for (let i = 0; i < before; i++) await port.write('.')
      const writes = ['aa', 'bb', 'cc'].map((text) => port.write(text))
      const acting = act(port)
      assert.equal(Buffer.from(fake.written).toString(), `${'.'.repeat(before)}aabbcc`, name)
      assert.deepEqual(await Promise.all(writes), [2, 2, 2], `${name} after ${before}`)
      await acting
      await port.close()
    }
  }
})

for (const how of ['at once', 'in a listener before', 'in a listener after']) {
  it(`what is written as the program ends is written, ${how}, however much went before`, async () => {
    const rounds = [5, 6, 7, 8].map(async (before) => {
      await using child = new Child('last-words', String(before), how)
      assert.equal((await child.ended).stdout, `${'.'.repeat(before)}one two three`)
    })
    await Promise.all(rounds)
  })
}

it('a transport that forgets to say how much it took costs that write alone', async () => {
  class Silent extends FakeTransport {
    isSilent = true

    override write(data: Uint8Array): number | Promise<number> {
      return this.isSilent ? (undefined as unknown as number) : super.write(data)
    }
  }
  const fake = new Silent()
  const port = new SerialPort(fake)
  await assert.rejects(port.write('a'), TypeError)
  fake.isSilent = false
  assert.equal(await port.write('b'), 1)
  await port.close()
})

it('a failure counts what it says was taken, also of another copy of the package', async () => {
  class Foreign extends FakeTransport {
    override write(data: Uint8Array): number | Promise<number> {
      if (data.byteLength !== 16) return super.write(data)
      this.written.push(...data.subarray(0, 10))
      return Promise.reject(Object.assign(new Error('foreign'), { bytesTransferred: 10 }))
    }
  }
  const fake = new Foreign()
  fake.room = 0
  const port = new SerialPort(fake)
  const writes = ['1', 'a'.repeat(8)].map((text) => port.write(text))
  const failing = assert.rejects(port.write('b'.repeat(8)), /foreign/)
  writes.push(port.write(Buffer.alloc(4090, 'c')))
  fake.makeRoom(Infinity)
  assert.deepEqual(await Promise.all(writes), [1, 8, 4090])
  await failing
  assert.equal(Buffer.from(fake.written).toString(), `1aaaaaaaabb${'c'.repeat(4090)}`)
})

it('what goes together is bounded, and what is larger goes by itself', async () => {
  const fake = new Counting()
  fake.room = 0
  const port = new SerialPort(fake)
  const sizes = [1, 40_000, 40_000, 100_000, 10, 20]
  const writes = sizes.map((size) => port.write(Buffer.alloc(size)))
  fake.makeRoom(Infinity)
  assert.deepEqual(await Promise.all(writes), sizes)
  assert.deepEqual(fake.sizes, [1, 40_000, 40_000, 100_000, 30])
})

it('bytesToWrite counts what waits, whatever becomes of it', async () => {
  const fake = new FakeTransport()
  fake.room = 0
  const port = new SerialPort(fake)
  const stop = new AbortController()
  const writes = [port.write('first.'), port.write('aaaa'), port.write('bbb', { signal: stop.signal })]
  writes.push(port.write(Buffer.alloc(5000)), port.write('cc'))
  const all = Promise.allSettled(writes)
  assert.equal(port.bytesToWrite, 5009)
  stop.abort()
  assert.equal(port.bytesToWrite, 5006)
  fake.makeRoom(6)
  await writes[0]
  assert.equal(port.bytesToWrite, 5002)
  fake.makeRoom(3)
  await port.purge('output')
  assert.equal(port.bytesToWrite, 0)
  writes.push(port.write('under way'), port.write('dd'))
  assert.equal(port.bytesToWrite, 2)
  fake.makeRoom(Infinity)
  await all
  assert.equal(await writes.at(-1), 2)
  assert.equal(port.bytesToWrite, 0)
})

it('writes that share a signal do not listen to it when they are taken at once', () => {
  const port = new SerialPort(new FakeTransport())
  const { signal } = new AbortController()
  for (let i = 0; i < 100; i++) void port.write('x', { signal })
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

it('one of several that go together may end early, and the others go on', async () => {
  const fake = new FakeTransport()
  fake.room = 0
  const port = new SerialPort(fake)
  const first = port.write('first.')
  const stop = new AbortController()
  const [a, b, c] = [port.write('aaaa'), port.write('bbbb', { signal: stop.signal }), port.write('cccc')]
  fake.makeRoom(6)
  assert.equal(await first, 6)
  fake.makeRoom(6)
  stop.abort()
  await assert.rejects(b, { code: 'ABORTED', bytesTransferred: 2 })
  fake.makeRoom(Infinity)
  assert.deepEqual([await a, await c], [4, 4])
  assert.equal(Buffer.from(fake.written).toString(), 'first.aaaabbcccc')
})

it('a failure is that of the write it struck; those behind it try for themselves', async () => {
  const fake = new FakeTransport()
  fake.room = 0
  const port = new SerialPort(fake)
  const first = port.write('first.')
  const writes = ['aaaa', 'bbbb', 'cccc'].map((text) => port.write(text))
  const write = fake.write.bind(fake)
  fake.write = (data) => {
    fake.write = write
    fake.written.push(...data.subarray(0, 6))
    throw new SerialError('IO', 'fake: no', { path: 'fake', bytesTransferred: 6 })
  }
  fake.makeRoom(Infinity)
  assert.equal(await first, 6)
  assert.equal(await writes[0], 4)
  await assert.rejects(Promise.resolve(writes[1]), { code: 'IO', bytesTransferred: 2 })
  assert.equal(await writes[2], 4)
  assert.equal(Buffer.from(fake.written).toString(), 'first.aaaabbcccc')
})

it('a failure counts what was taken before as well, of a write that was held up for another', async () => {
  const fake = new FakeTransport()
  fake.room = 0
  const port = new SerialPort(fake)
  const first = port.write('first.')
  const stop = new AbortController()
  const [a, b] = [port.write('aaaa'), port.write('bbbb', { signal: stop.signal })]
  fake.makeRoom(6)
  assert.equal(await first, 6)
  fake.makeRoom(2)
  fake.write = () => {
    throw new SerialError('IO', 'fake: no', { path: 'fake', bytesTransferred: 1 })
  }
  stop.abort()
  await assert.rejects(b, { code: 'ABORTED', bytesTransferred: 0 })
  await assert.rejects(a, { code: 'IO', bytesTransferred: 3 })
})

it('thousands of writes to a device that has failed for good are told so after a few calls', async () => {
  const fake = new FakeTransport()
  const port = new SerialPort(fake)
  const writes = Array.from({ length: 10_000 }, () => port.write('x'))
  let calls = 0
  fake.write = () => {
    calls += 1
    throw new SerialError('IO', 'fake: no', { path: 'fake', bytesTransferred: 0 })
  }
  const ended = await Promise.allSettled(writes)
  const errors = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
  assert.ok(errors.length > 9000 && calls < 10, `${errors.length} have failed, in ${calls} calls`)
  assert.equal(new Set(errors).size, errors.length, 'each has an error of its own')
  for (const error of errors) assert.ok(error instanceof SerialError && error.bytesTransferred === 0)
})

it('a thousand that end together cancel the write that they share once', async () => {
  const fake = new FakeTransport()
  fake.room = 0
  const port = new SerialPort(fake)
  const first = port.write('1')
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  const writes = Array.from({ length: 1000 }, () => port.write('x', { signal: stop.signal }))
  fake.makeRoom(1)
  assert.equal(await first, 1)
  let cancels = 0
  const cancelWrite = fake.cancelWrite.bind(fake)
  fake.cancelWrite = () => {
    cancels += 1
    cancelWrite()
  }
  stop.abort()
  assert.deepEqual(new Set(await Promise.all(writes.map(went))), new Set([0]))
  assert.equal(cancels, 1)
})

it('a transport that takes less than all, untold, is not asked for ever', async () => {
  const fake = new FakeTransport()
  const port = new SerialPort(fake)
  fake.write = () => Promise.resolve(1)
  assert.deepEqual(await Promise.all([port.write('aa'), port.write('bb'), port.write('cc')]), [1, 1, 0])
})

/** Writes at random, some of them bounded or to be aborted, on a device that has room at random. */
async function scramble(random: Random): Promise<void> {
  const fake = new FakeTransport()
  fake.room = random.between(0, 50)
  const port = new SerialPort(fake)
  const texts: Buffer[] = []
  const writes: Promise<number>[] = []
  for (let i = 0; i < 60; i++) {
    const text = Buffer.alloc(random.between(0, 12), 33 + (i % 90))
    const stop = new AbortController()
    const timeout = random.once(3) ? random.between(0, 3) : Infinity
    texts.push(text)
    writes.push(went(port.write(text, { timeout, signal: random.once(2) ? stop.signal : undefined })))
    if (random.once(4)) stop.abort()
    if (random.once(4)) setImmediate(() => stop.abort())
    if (random.once(3)) fake.makeRoom(random.between(0, 20))
    if (random.once(4)) await Promise.resolve()
    if (random.once(12)) await sleep(1)
    if (random.once(40)) await port.purge('output')
  }
  if (random.once(2)) fake.makeRoom(Infinity)
  else await port.close()
  const counts = await Promise.all(writes)
  const expected = texts.map((text, i) => text.subarray(0, counts[i]))
  assert.equal(Buffer.from(fake.written).toString(), Buffer.concat(expected).toString())
}

it('what is said to have gone is what went, once and in order', () =>
  seeded(async (random) => {
    for (let round = 0; round < 300; round++) await scramble(random)
  }))
