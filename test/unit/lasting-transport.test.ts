// A port whose device goes and comes back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises'
import { SerialPort } from '../../src/index.ts'
import type { SerialOptions } from '../../src/index.ts'
import { LastingTransport } from '../../src/lasting-transport.ts'
import { eventually } from '../support/wait.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { FakeTransport } from './fake-transport.ts'

/** A port, and the devices that are behind it one after the other. */
class Rig {
  device: FakeTransport
  readonly port: SerialPort
  readonly events: string[] = []
  opened = 0
  #next: FakeTransport | undefined
  readonly #options: SerialOptions

  constructor(options: SerialOptions = {}) {
    this.#options = options
    this.device = new FakeTransport(options)
    const lasting = new LastingTransport(this.device, this.device.settings, async () => {
      this.opened++
      const found = this.#next
      this.#next = undefined
      return found
    })
    this.port = new SerialPort(lasting)
    this.port.on('disconnect', ({ code }) => this.events.push(code))
    this.port.on('reconnect', (path) => this.events.push(path))
    this.port.on('close', (reason) => this.events.push(`close ${reason?.code}`))
  }

  /** The device is there again, and is going to be found. */
  finds(): FakeTransport {
    this.#next = new FakeTransport(this.#options)
    return this.#next
  }

  async comesBack(): Promise<void> {
    this.device = this.finds()
    await eventually('the device is open again', () => this.port.isConnected)
  }
}

test('what is under way fails at once, what had arrived can be read, and what is read later waits', async () => {
  const { device, port } = new Rig()
  device.room = 2
  const [read, write, drain] = [port.readExactly(5), port.write('abcd'), port.drain()]
  device.arrive('123')
  device.vanish()
  const failed = await rejectsWith('DISCONNECTED', write)
  assert.equal(failed.bytesTransferred, 2)
  await Promise.all([rejectsWith('DISCONNECTED', read), rejectsWith('DISCONNECTED', drain)])
  assert.deepEqual([port.isOpen, port.isConnected], [true, false])
  assert.equal((await port.read()).toString(), '123')
  await rejectsWith('TIMEOUT', port.readExactly(1, { timeout: 1 }))
  await port.close()
})

test('a write that is under way is taken back from the device that goes, and the next goes to the one that comes', async () => {
  const rig = new Rig()
  // It waits to be told, as it may.
  rig.device.close = async () => {}
  rig.device.room = 1
  const write = rig.port.write('abc')
  rig.device.vanish()
  assert.equal((await rejectsWith('DISCONNECTED', write)).bytesTransferred, 1)
  await rig.comesBack()
  assert.equal(await rig.port.write('def'), 3)
  assert.equal(Buffer.from(rig.device.written).toString(), 'def')
  await rig.port.close()
})

test('a device that fails as soon as it is found is looked for again', async () => {
  const rig = new Rig()
  rig.device.vanish()
  await eventually('it is looked for', () => rig.opened > 0)
  const failing = rig.finds()
  failing.start = () => {
    throw new Error('gone again')
  }
  await eventually('it is given back', () => failing.calls.includes('close'))
  assert.equal(rig.port.isConnected, false)
  await rejectsWith('DISCONNECTED', rig.port.write('x'))
  await rig.comesBack()
  assert.deepEqual(rig.events, ['DISCONNECTED', 'fake'])
  await rig.port.close()
})

test('what is written meanwhile is refused and never sent', async () => {
  const rig = new Rig()
  rig.device.vanish()
  const { bytesTransferred } = await rejectsWith('DISCONNECTED', rig.port.write('lost'))
  assert.equal(bytesTransferred, 0)
  const calls: (() => Promise<unknown>)[] = [
    () => rig.port.drain(),
    () => rig.port.setSignals({ dtr: true }),
    () => rig.port.getSignals(),
    () => rig.port.counters(),
    () => rig.port.purge('output'),
    () => rig.port.reconfigure({ baudRate: 1200 }),
  ]
  for (const call of calls) await rejectsWith('DISCONNECTED', call())
  await rig.comesBack()
  assert.equal(await rig.port.write('kept'), 4)
  assert.equal(Buffer.from(rig.device.written).toString(), 'kept')
  assert.deepEqual(rig.events, ['DISCONNECTED', 'fake'])
  await rig.port.close()
})

test('whoever hears that it is back may write at once', async () => {
  const rig = new Rig()
  const started: boolean[] = []
  let written: Promise<number> | undefined
  rig.port.on('reconnect', () => {
    started.push(rig.device.sink !== undefined)
    written = rig.port.write('init')
  })
  rig.device.vanish()
  await rig.comesBack()
  assert.deepEqual(started, [true])
  assert.equal(await written, 4)
  await rig.port.close()
})

test('an iteration goes on, without the line that was cut in two', async () => {
  const rig = new Rig()
  const lines: string[] = []
  const done = (async () => {
    for await (const line of rig.port.lines()) lines.push(line)
  })()
  rig.device.arrive('one\ntw')
  await immediate()
  rig.device.vanish()
  await rig.comesBack()
  rig.device.arrive('o\nthree\n')
  await eventually('three lines', () => lines.length === 3)
  await rig.port.close()
  await done
  assert.deepEqual(lines, ['one', 'o', 'three'])
})

test('a line that nobody had read before the gap is whole, and half a one is dropped', async () => {
  const rig = new Rig()
  rig.device.arrive('first\nhalf')
  rig.device.vanish()
  await rig.comesBack()
  rig.device.arrive(' a line\nsecond\n')
  const all = [await rig.port.readLine(), await rig.port.readLine(), await rig.port.readLine()]
  assert.deepEqual(all, ['first', ' a line', 'second'])
  await rig.port.close()
})

test('bytes are bytes: read() gives those before and after', async () => {
  const rig = new Rig()
  rig.device.arrive('12')
  rig.device.vanish()
  await rig.comesBack()
  rig.device.arrive('34')
  assert.equal((await rig.port.readExactly(4)).toString(), '1234')
  await rig.port.close()
})

test('a line error stands where it does in the whole stream', async () => {
  const rig = new Rig()
  const offsets: number[] = []
  rig.port.on('lineError', ({ offset }) => offsets.push(offset))
  rig.device.arrive('12')
  rig.device.sink?.lineError({ kind: 'parity', offset: 2 })
  rig.device.vanish()
  await rig.comesBack()
  rig.device.arrive('345')
  rig.device.sink?.lineError({ kind: 'parity', offset: 3 })
  assert.deepEqual(offsets, [2, 5])
  await rig.port.close()
})

test('streams go on', async () => {
  const rig = new Rig()
  const duplex = rig.port.toDuplex()
  const heard: string[] = []
  duplex.on('data', (chunk: Buffer) => heard.push(chunk.toString()))
  rig.device.arrive('before')
  await eventually('the first', () => heard.length === 1)
  rig.device.vanish()
  await rig.comesBack()
  rig.device.arrive('after')
  await eventually('the second', () => heard.length === 2)
  assert.deepEqual(heard, ['before', 'after'])
  await rig.port.close()
})

test('what was asked for before holds for the device that came back', async () => {
  const rig = new Rig({ receiveBufferSize: 64 })
  rig.port.on('signals', () => {})
  rig.port.unref()
  rig.device.arrive('x'.repeat(64))
  rig.device.vanish()
  await rig.comesBack()
  assert.deepEqual(rig.device.calls, ['pause', 'watch true', 'unref'])
  await rig.port.close()
})

test('closing ends the search, and a device that is found too late is given back', async () => {
  const searching = new Rig()
  searching.device.vanish()
  await eventually('it looks', () => searching.opened > 0)
  await searching.port.close()
  const { opened } = searching
  await immediate()
  assert.equal(searching.opened, opened)
  assert.deepEqual(searching.events, ['DISCONNECTED', 'close undefined'])

  const late = new FakeTransport()
  let arrive: (device: FakeTransport) => void = () => {}
  const first = new FakeTransport()
  const port = new SerialPort(
    new LastingTransport(first, first.settings, () => new Promise((resolve) => (arrive = resolve))),
  )
  first.vanish()
  await immediate()
  await immediate()
  const closing = port.close()
  arrive(late)
  await closing
  assert.deepEqual(late.calls, ['close'])
})

test('closing ends an opening that waits', async () => {
  const first = new FakeTransport()
  let ended = false
  const port = new SerialPort(
    new LastingTransport(first, first.settings, (_settings, signal) => {
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended = true
          reject(new Error())
        })
      })
    }),
  )
  first.vanish()
  await immediate()
  await immediate()
  await port.close()
  assert.ok(ended)
})

test('it goes on looking when a device can not be opened', async () => {
  const first = new FakeTransport()
  const second = new FakeTransport()
  let tries = 0
  const port = new SerialPort(
    new LastingTransport(first, first.settings, async () => {
      if (++tries < 3) throw new Error('busy')
      return second
    }),
  )
  first.vanish()
  await eventually('the third try', () => port.isConnected)
  assert.equal(tries, 3)
  await port.close()
})

test('a device that goes as soon as it is found is looked for with growing pauses, and found when it stays', async () => {
  const first = new FakeTransport()
  let opened = 0
  let stays = false
  const lasting = new LastingTransport(first, first.settings, async () => {
    opened++
    const found = new FakeTransport()
    if (!stays) setImmediate(() => found.vanish())
    return found
  })
  await using port = new SerialPort(lasting)
  first.vanish()
  await eventually('it is looked for again', () => opened >= 3)
  await sleep(1500)
  assert.ok(opened <= 8, `opened ${opened} times`)
  stays = true
  await eventually('it stays', () => port.isConnected)
})
