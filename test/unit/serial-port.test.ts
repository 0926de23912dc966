import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { after, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SerialError, SerialPort } from '../../src/index.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { FakeTransport } from './fake-transport.ts'

// An open transport keeps the process alive; the fake has nothing that would.
const alive = setInterval(() => {}, 1000)
after(() => clearInterval(alive))

it('copies what arrives before the transport uses the memory again', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  const waiting = port.readExactly(5)
  transport.arrive('first')
  transport.arrive('later')
  assert.equal((await waiting).toString(), 'first')
  assert.equal((await port.read()).toString(), 'later')
})

it('pauses at receiveBufferSize, resumes at half of it, and for a read that wants more', async () => {
  const transport = new FakeTransport({ receiveBufferSize: 100 })
  const port = new SerialPort(transport)
  transport.arrive('x'.repeat(99))
  assert.deepEqual(transport.calls, [])
  transport.arrive('x')
  assert.deepEqual(transport.calls, ['pause'])
  transport.bytesToRead = 7
  assert.equal(port.bytesToRead, 107)
  await port.read(49)
  assert.deepEqual(transport.calls, ['pause'])
  await port.read(1)
  assert.deepEqual(transport.calls, ['pause', 'resume'])
  transport.arrive('x'.repeat(50))
  const wantsMore = port.readExactly(150)
  assert.deepEqual(transport.calls, ['pause', 'resume', 'pause', 'resume'])
  transport.arrive('x'.repeat(50))
  assert.equal((await wantsMore).length, 150)
})

it('pauses again when a read that wanted more gives up', async () => {
  const transport = new FakeTransport({ receiveBufferSize: 100 })
  const port = new SerialPort(transport)
  const giveUp = rejectsWith('TIMEOUT', port.readExactly(500, { timeout: 20 }))
  transport.arrive('x'.repeat(200))
  assert.deepEqual(transport.calls, [])
  await giveUp
  assert.deepEqual(transport.calls, ['pause'])
})

const endings = [
  ['DISCONNECTED', (_: SerialPort, transport: FakeTransport) => transport.vanish()],
  ['PORT_NOT_OPEN', (port: SerialPort) => port.close()],
  ['ABORTED', (port: SerialPort) => port.purge('output')],
] as const

for (const [code, end] of endings) {
  it(`${code} ends writes in the order in which they came, also where that takes a while`, async () => {
    const transport = new FakeTransport()
    const port = new SerialPort(transport)
    transport.room = 2
    let letGo = () => {}
    const cancelWrite = transport.cancelWrite.bind(transport)
    transport.cancelWrite = () => (letGo = cancelWrite)
    const order: number[] = []
    const calls = [port.write('abcd'), port.write('efgh'), port.write('ij')]
    const settled = Promise.all(
      calls.map(async (call, i) => {
        const error = await rejectsWith(code, call)
        order.push(i)
        return error.bytesTransferred
      }),
    )
    void end(port, transport)
    assert.equal(port.bytesToWrite, 0)
    await sleep(5)
    assert.deepEqual(order, [])
    letGo()
    assert.deepEqual(await settled, [2, 0, 0])
    assert.deepEqual(order, [0, 1, 2])
  })
}

it('a write that waits behind another times out with nothing sent', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  transport.room = 2
  const first = port.write('abcd')
  const second = await rejectsWith('TIMEOUT', port.write('efgh', { timeout: 20 }))
  assert.equal(second.bytesTransferred, 0)
  const third = port.write('ij')
  assert.equal(port.bytesToWrite, 2)
  transport.makeRoom(10)
  assert.equal(await first, 4)
  assert.equal(await third, 2)
  assert.equal(Buffer.from(transport.written).toString(), 'abcdij')
})

it('a write that ends early says how much went, and no more goes', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  for (const [code, end] of [
    ['TIMEOUT', undefined],
    ['ABORTED', 'abort'],
    ['ABORTED', 'purge'],
  ] as const) {
    transport.room = 2
    const stop = new AbortController()
    const limits = end === undefined ? { timeout: 20 } : { signal: stop.signal }
    const failed = rejectsWith(code, port.write('abcd', limits))
    if (end === 'abort') stop.abort()
    if (end === 'purge') await port.purge('output')
    assert.equal((await failed).bytesTransferred, 2)
  }
  transport.makeRoom(10)
  assert.equal(Buffer.from(transport.written).toString(), 'ababab')
})

it('a write with a time-out of 0 takes what there is room for', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  transport.room = 3
  assert.equal((await rejectsWith('TIMEOUT', port.write('abcd', { timeout: 0 }))).bytesTransferred, 3)
  transport.room = 4
  assert.equal(await port.write('abcd', { timeout: 0 }), 4)
})

it('drain comes after the writes before it, and before those after it', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  transport.room = 1
  const before = port.write('ab')
  const drained = port.drain()
  const later = port.write('c')
  assert.deepEqual(transport.calls, [])
  transport.makeRoom(5)
  await before
  await sleep(1)
  assert.deepEqual(transport.calls, ['drain'])
  assert.equal(transport.written.length, 2)
  transport.finishDrain()
  await drained
  assert.equal(await later, 1)
})

it('drain is bounded and can be cancelled', async () => {
  const port = new SerialPort(new FakeTransport({ writeTimeout: 20 }))
  await rejectsWith('TIMEOUT', port.drain())
  const stop = new AbortController()
  const draining = rejectsWith('ABORTED', port.drain({ signal: stop.signal, timeout: Infinity }))
  stop.abort()
  await draining
})

it('tells each waiting call of a lost device, with an error of its own', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  transport.room = 1
  transport.arrive('ab')
  const fails = [port.readExactly(5), port.write('abc'), port.write('d'), port.drain()]
  const errors = Promise.all(fails.map((call) => rejectsWith('DISCONNECTED', call)))
  transport.vanish()
  const [read, write, queued] = await errors
  assert.equal(read?.bytesTransferred, 2)
  assert.equal(write?.bytesTransferred, 1)
  assert.equal(queued?.bytesTransferred, 0)
  assert.equal(queued?.errnoName, 'EIO')
  assert.notEqual(read, write)
  assert.deepEqual(transport.calls.at(-1), 'close')
  assert.equal((await port.read()).toString(), 'ab')
})

function ignore(): void {}

it('gives each read that waits its bytes when the device goes', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  const first = rejectsWith('DISCONNECTED', port.readExactly(10))
  const second = port.readLine()
  const third = port.readExactly(1)
  transport.arrive('ab\ncd')
  transport.vanish()
  assert.equal((await first).bytesTransferred, 5)
  assert.equal(await second, 'ab')
  assert.equal((await third).toString(), 'c')
  assert.equal((await port.read()).toString(), 'd')
})

it('changes of settings that overlap all take effect', async () => {
  const port = new SerialPort(new FakeTransport())
  await Promise.all([
    port.reconfigure({ baudRate: 115200 }),
    port.reconfigure({ stopBits: 2 }),
    port.reconfigure({ readTimeout: 50 }),
  ])
  const { baudRate, readTimeout, stopBits } = port.settings
  assert.deepEqual([baudRate, stopBits, readTimeout], [115200, 2, 50])
})

it('refuses data that was transferred away while it waited for its turn', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  transport.room = 1
  const first = port.write('ab')
  const data = Uint8Array.of(1, 2, 3)
  const second = rejectsWith('INVALID_OPTION', port.write(data))
  structuredClone(data, { transfer: [data.buffer] })
  transport.makeRoom(10)
  await first
  await second
  assert.equal(Buffer.from(transport.written).toString(), 'ab')
})

it('a purge ends the silence that a read has been waiting for', async () => {
  const transport = new FakeTransport({ interByteTimeout: 20 })
  const port = new SerialPort(transport)
  const reading = port.read(5)
  transport.arrive('ab')
  await port.purge('input')
  await sleep(60)
  transport.arrive('cd')
  assert.equal((await reading).toString(), 'cd')
})

it('watches the lines only while somebody listens', () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  const seen: unknown[] = []
  const first = (signals: unknown) => seen.push(signals)
  port.on('signals', first)
  port.on('signals', ignore)
  const signals = { cts: true, dsr: true, dcd: false, ri: false }
  transport.sink?.signals(signals)
  port.off('signals', first)
  port.off('signals', ignore)
  assert.deepEqual(transport.calls, ['watch true', 'watch false'])
  port.on('signals', ignore)
  port.removeAllListeners()
  port.on('signals', ignore)
  assert.deepEqual(transport.calls.slice(2), ['watch true', 'watch false', 'watch true'])
  assert.deepEqual(seen, [signals])
})

it('sendBreak holds the line for a while, and releases it when aborted', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  await port.sendBreak(1)
  const stop = new AbortController()
  const aborted = rejectsWith('ABORTED', port.sendBreak(60_000, { signal: stop.signal }))
  setImmediate(() => stop.abort())
  await aborted
  const [on, off] = ['set {"break":true}', 'set {"break":false}']
  assert.deepEqual(transport.calls, [on, off, on, off])
  const closed = rejectsWith('PORT_NOT_OPEN', port.sendBreak(60_000))
  await port.close()
  await closed
  // What was written before is to leave, and not into a break.
  assert.deepEqual(transport.calls.slice(4), [on, off, 'close'])
})

it('breaks that overlap are one, until the last is over', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  const stop = new AbortController()
  const long = rejectsWith('ABORTED', port.sendBreak(60_000, { signal: stop.signal }))
  await port.sendBreak(1)
  const [on, off] = ['set {"break":true}', 'set {"break":false}']
  assert.deepEqual(transport.calls, [on, on])
  stop.abort()
  await long
  assert.deepEqual(transport.calls, [on, on, off])
  await port.sendBreak(1)
  assert.deepEqual(transport.calls, [on, on, off, on, off])
  await port.close()
})

it('a break that the device does not take fails with what that says, and so does the next', async () => {
  const transport = new FakeTransport()
  transport.setSignals = () =>
    Promise.reject(new SerialError('UNSUPPORTED', 'fake: no break', { path: 'fake' }))
  const port = new SerialPort(transport)
  await Promise.all([port.sendBreak(1), port.sendBreak(1)].map((each) => rejectsWith('UNSUPPORTED', each)))
  await port.close()
})

it('releases a break of a transport whose device is gone by closing it alone', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  const gone = rejectsWith('DISCONNECTED', port.sendBreak(60_000))
  transport.vanish()
  await gone
  await port.closed
  assert.deepEqual(transport.calls, ['set {"break":true}', 'close'])
})

it('a change of time-outs does not touch the line', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  await port.reconfigure({ readTimeout: 5, writeTimeout: 5, interByteTimeout: 5 })
  assert.deepEqual(transport.calls, [])
  await port.reconfigure({ baudRate: 300 })
  assert.deepEqual(transport.calls, ['reconfigure'])
  assert.equal(port.settings.readTimeout, 5)
  assert.equal(port.settings.baudRate, 300)
})

it('keeps to the changes that it was given, whatever becomes of the object', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  const changes = { baudRate: 19_200, rs485: { enabled: true } }
  const done = port.reconfigure(changes)
  changes.baudRate = -1
  changes.rs485.enabled = false
  await done
  assert.equal(port.settings.baudRate, 19_200)
  assert.equal(port.settings.rs485?.enabled, true)
  await port.close()
})

it('says so when giving back fails, and is closed all the same', async () => {
  const transport = new FakeTransport()
  transport.closeError = new Error('no')
  const port = new SerialPort(transport)
  await assert.rejects(port.close(), /no/)
  assert.equal(await port.closed, undefined)
  const gone = new FakeTransport()
  gone.closeError = new Error('no')
  const other = new SerialPort(gone)
  gone.vanish()
  assert.equal((await other.closed)?.code, 'DISCONNECTED')
})

it('refuses arguments that make no sense, before anything is sent', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  const wrong: readonly (() => Promise<unknown>)[] = [
    () => port.read(-1),
    () => port.read(1.5),
    () => port.read('5' as unknown as number),
    () => port.readExactly(0),
    () => port.readExactly(2 ** 31),
    () => port.readUntil(''),
    () => port.readUntil(5 as unknown as string),
    () => port.readUntil('x', { maxBytes: 0 }),
    () => port.readLine({ encoding: 'ebcdic' as 'utf8' }),
    () => port.readLine({ encoding: 'utf16le' as 'utf8', lineEnd: '\n' }),
    () => port.readLine({ lineEnd: '' }),
    () => port.readLine({ maxbytes: 5 } as object),
    () => port.read({ timeOut: 50 } as object),
    () => port.readLine(null as unknown as object),
    () => port.read({ timeout: -1 }),
    () => port.read({ timeout: Number.NaN }),
    () => port.read({ timeout: 2 ** 31 }),
    () => port.read(1, { signal: {} as AbortSignal }),
    () => port.write(5 as unknown as string),
    () => port.write([1, 2] as unknown as Uint8Array),
    () => port.write('x', { timeout: '1' as unknown as number }),
    () => port.drain({ timeout: -1 }),
    () => port.purge('all' as 'both'),
    () => port.setSignals({ dtr: 1 as unknown as boolean }),
    () => port.setSignals({ cts: true } as object),
    () => port.setSignals(undefined as unknown as object),
    () => port.sendBreak(-1),
    () => port.sendBreak(Infinity),
    () => port.reconfigure({ dataBits: 9 as 8 }),
    () => port.reconfigure({ exclusive: true } as object),
    () => port.reconfigure(undefined as unknown as object),
  ]
  for (const call of wrong) await rejectsWith('INVALID_OPTION', call())
  assert.deepEqual(transport.calls, [])
  assert.deepEqual(transport.written, [])
})

const closings: Readonly<Record<string, () => Promise<void>>> = {
  'throws at once': () => {
    throw new Error('no close')
  },
  'returns nothing': () => undefined as unknown as Promise<void>,
}

for (const [how, close] of Object.entries(closings)) {
  it(`is closed by a transport whose close() ${how}`, async () => {
    const transport = new FakeTransport()
    transport.close = close
    const port = new SerialPort(transport)
    let told = 0
    port.on('close', () => told++)
    const closing = port.close()
    if (how === 'throws at once') await assert.rejects(closing, { message: 'no close' })
    else await closing
    assert.equal(await port.closed, undefined)
    assert.equal(told, 1)
  })
}

for (const [how, end] of [
  ['close()', (port: SerialPort) => port.close()],
  ['a lost device', (_: SerialPort, transport: FakeTransport) => transport.vanish()],
] as const) {
  it(`gives the transport back on ${how} when its cancelWrite() throws, and close() says so`, async () => {
    const transport = new FakeTransport()
    const port = new SerialPort(transport)
    transport.room = 1
    const cancelWrite = transport.cancelWrite.bind(transport)
    transport.cancelWrite = () => {
      transport.cancelWrite = cancelWrite
      throw new Error('no cancel')
    }
    const writing = assert.rejects(port.write('abc'))
    void end(port, transport)?.catch(ignore)
    await port.closed
    await writing
    assert.equal(transport.calls.at(-1), 'close')
    await assert.rejects(port.close(), { message: 'no cancel' })
  })
}

for (const [method, failure] of [
  ['resume', new SerialError('IO', 'fake: no resume', { path: 'fake', errno: 5 })],
  ['pause', new Error('no pause')],
] as const) {
  it(`ends, and loses no byte, when ${method}() of its transport throws`, async () => {
    const transport = new FakeTransport({ receiveBufferSize: 64 })
    const port = new SerialPort(transport)
    transport[method] = () => {
      throw failure
    }
    transport.arrive('x'.repeat(100))
    assert.equal((await port.read()).length, 100)
    const reason = await port.closed
    assert.equal(reason?.code, 'IO')
    assert.ok(reason === failure || reason.cause === failure)
    await rejectsWith('IO', port.read())
  })
}

it('tells nothing of the line once close() was called', async () => {
  const transport = new FakeTransport({ lineErrors: 'report' })
  const port = new SerialPort(transport)
  const told: string[] = []
  for (const event of ['signals', 'lineError', 'close'] as const) port.on(event, () => told.push(event))
  await port.close()
  transport.sink?.signals({ cts: true, dsr: false, dcd: false, ri: false })
  transport.sink?.lineError({ kind: 'break', offset: 0 })
  assert.deepEqual(told, ['close'])
})

for (const way of ['return', 'throw'] as const) {
  it(`a loop that is ended by ${way}() while it waits takes nothing from those who read next`, async () => {
    const transport = new FakeTransport()
    const port = new SerialPort(transport)
    const { signal } = new AbortController()
    const lines = port.lines({ signal })
    const waiting = [lines.next(), lines.next()]
    await (way === 'return' ? lines.return() : assert.rejects(lines.throw(new Error('enough')), /enough/))
    const reading = port.readLine({ timeout: 1000 })
    transport.arrive('first\n')
    assert.equal(await reading, 'first')
    const over = { done: true, value: undefined }
    assert.deepEqual(await Promise.all(waiting), [over, over])
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })
}

it('a signal ends a loop that waits, also for the one after the next', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  const stop = new AbortController()
  const lines = port.lines({ signal: stop.signal })
  const [first, second] = [lines.next(), lines.next()]
  transport.arrive('first\n')
  assert.equal((await first).value, 'first')
  stop.abort(new Error('enough'))
  const { cause } = await rejectsWith('ABORTED', second)
  assert.equal((cause as Error).message, 'enough')
})

it('a loop may be asked for many results at a time', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  const warnings: string[] = []
  const note = ({ name }: Error) => warnings.push(name)
  process.on('warning', note)
  const lines = port.lines()
  const waiting = Array.from({ length: 20 }, () => lines.next())
  transport.arrive('line\n'.repeat(20))
  for (const { value } of await Promise.all(waiting)) assert.equal(value, 'line')
  await sleep(1)
  process.off('warning', note)
  assert.deepEqual(warnings, [])
})
