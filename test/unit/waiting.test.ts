// Calls that wait: many at a time, and what becomes of what they wait for.
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { after, it } from 'node:test'
import { SerialError, SerialPort } from '../../src/index.ts'
import { WaitingList } from '../../src/waiting-list.ts'
import type { Waiting } from '../../src/waiting-list.ts'
import { seeded } from '../support/random.ts'
import { FakeTransport } from './fake-transport.ts'

// An open transport keeps the process alive; the fake has nothing that would.
const alive = setInterval(() => {}, 1000)
after(() => clearInterval(alive))

class One implements Waiting<One> {
  before: One | undefined
  after: One | undefined
}

it('a waiting list keeps its order, whoever leaves', () =>
  seeded(async (random) => {
    const list = new WaitingList<One>()
    const expected: One[] = []
    for (let step = 0; step < 5000; step++) {
      const at = random.between(0, Math.max(0, expected.length - 1))
      const leaving = expected[at]
      if (leaving === undefined || random.once(2)) {
        const one = new One()
        list.push(one)
        expected.push(one)
      } else if (random.once(4)) {
        const one = new One()
        list.replaceFirst(one)
        expected[0] = one
      } else {
        list.delete(leaving)
        list.delete(leaving)
        expected.splice(at, 1)
      }
      assert.equal(list.first, expected[0])
      assert.equal(list.last, expected.at(-1))
      if (step % 50 === 0) assert.deepEqual([...list], expected)
    }
    assert.deepEqual(list.takeAll(), expected)
    assert.deepEqual([list.first, list.last], [undefined, undefined])
  }))

it('any number of calls that share a signal listen to it once, and all of them hear of it', async () => {
  const transport = new FakeTransport()
  transport.room = 1
  const port = new SerialPort(transport)
  const stop = new AbortController()
  const { signal } = stop
  const loops = Array.from({ length: 20 }, () => port.lines({ signal }))
  const calls: Promise<unknown>[] = [
    ...Array.from({ length: 1000 }, () => port.read({ signal })),
    ...Array.from({ length: 1000 }, () => port.write('ab', { signal })),
    ...Array.from({ length: 1000 }, () => port.drain({ signal })),
    ...loops.map((loop) => loop.next()),
  ]
  assert.equal(getEventListeners(signal, 'abort').length, 1)
  transport.arrive('x')
  await calls[0]
  stop.abort()
  for (const call of calls.slice(1)) {
    await assert.rejects(call, (error) => error instanceof SerialError && error.code === 'ABORTED')
  }
  assert.equal(getEventListeners(signal, 'abort').length, 0)
  const again = port.read({ timeout: 1, signal: new AbortController().signal })
  assert.equal((await again).byteLength, 0)
  await port.close()
})

it('silence after a byte ends a read in its time, whatever becomes of those behind it', async () => {
  const transport = new FakeTransport({ interByteTimeout: 60 })
  const port = new SerialPort(transport)
  let [others, isOver] = [0, false]
  const first = port.read(100, { timeout: 5000 })
  transport.arrive('abc')
  const busy = (async () => {
    for (; !isOver; others++) await port.read(5, { timeout: 10 })
  })()
  assert.equal(String(await first), 'abc')
  assert.ok(others < 100, `${others} came and went meanwhile`)
  isOver = true
  await busy
  await port.close()
})

it('a delimiter may be changed, or given away, as soon as it is named', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  const [changed, given] = [Uint8Array.of(0x3b), Uint8Array.of(0x3b)]
  const reads = [port.readUntil(changed), port.readUntil(given)]
  changed[0] = 0
  structuredClone(given, { transfer: [given.buffer] })
  transport.arrive('a;b;')
  assert.deepEqual((await Promise.all(reads)).map(String), ['a;', 'b;'])
  await port.close()
})

for (const how of ['vanish', 'close'] as const) {
  it(`a Node stream has the last bytes before its end, by ${how}`, async () => {
    const transport = new FakeTransport()
    const port = new SerialPort(transport)
    const stream = port.toDuplex()
    const seen: string[] = []
    stream.on('data', (chunk: Buffer) => seen.push(String(chunk)))
    stream.on('error', (error: Error & { code?: string }) => seen.push(error.code ?? error.message))
    stream.on('end', () => seen.push('end'))
    // It reads from now on.
    await new Promise(setImmediate)
    transport.arrive('last words')
    if (how === 'vanish') transport.vanish()
    else void port.close()
    await new Promise((resolve) => stream.once('close', resolve))
    assert.deepEqual(seen, ['last words', how === 'vanish' ? 'DISCONNECTED' : 'end'])
  })
}
