import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, openSync } from '../../src/index.ts'
import type { SerialError, SerialOptions, SerialPort } from '../../src/index.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { startDevice } from '../support/device.ts'
import type { Device } from '../support/device.ts'
import { createPair } from '../support/pair.ts'
import { notOnWindows } from '../support/platform.ts'
import { Pseudo } from '../support/pseudo.ts'
import { eventually, timed, within } from '../support/wait.ts'

const limit = { timeout: 20_000 }
const tooMuch = Buffer.alloc(1_000_000, 'x')
/** 100 ms are promised; a busy machine may be late. */
const soon = 500

const unhandled: unknown[] = []
const record = (reason: unknown): void => void unhandled.push(reason)
process.on('unhandledRejection', record)
after(() => {
  process.off('unhandledRejection', record)
  assert.deepEqual(unhandled, [], 'rejections that nobody handled')
})

async function joinedPort(): Promise<Device> {
  const pair = await createPair()
  const vanish = () => pair.close()
  return { path: pair.a, vanish, [Symbol.asyncDispose]: vanish }
}

const devices: readonly { kind: string; connect: () => Promise<Device>; skip?: string | false }[] = [
  { kind: 'one of two joined ports', connect: joinedPort },
  {
    kind: 'a terminal whose other side is a process that is killed',
    connect: startDevice,
    skip: notOnWindows('there the lab pulls the cable out, as in the tests above'),
  },
]

/** Every call that waits, and that the end of the device must end. */
const calls: Readonly<Record<string, (port: SerialPort) => Promise<unknown>>> = {
  'read()': (port) => port.read(),
  'read(8)': (port) => port.read(8, { timeout: 10_000 }),
  readExactly: (port) => port.readExactly(8, { signal: new AbortController().signal }),
  readUntil: (port) => port.readUntil('\n'),
  readLine: (port) => port.readLine(),
  'lines()': async (port) => {
    for await (const line of port.lines()) assert.fail(`a line: ${line}`)
  },
  'for await': async (port) => {
    for await (const chunk of port) assert.fail(`a chunk: ${chunk.toString()}`)
  },
  readable: async (port) => {
    for await (const chunk of port.readable) assert.fail(`a chunk: ${chunk.toString()}`)
  },
  'toDuplex()': async (port) => {
    for await (const chunk of port.toDuplex()) assert.fail(`a chunk: ${String(chunk)}`)
  },
  write: (port) => port.write(tooMuch),
  'write behind another write': async (port) => {
    const order: string[] = []
    const first = port.write(tooMuch).finally(() => order.push('first'))
    const second = port.write('more').finally(() => order.push('second'))
    await Promise.allSettled([first, second])
    await rejectsWith('DISCONNECTED', first)
    assert.deepEqual(order, ['first', 'second'])
    await second
  },
  drain: async (port) => {
    const writing = rejectsWith('DISCONNECTED', port.write(tooMuch))
    const draining = port.drain({ timeout: 10_000 })
    await Promise.allSettled([writing, draining])
    await writing
    await draining
  },
  sendBreak: (port) => port.sendBreak(10_000),
}

/** Reading as long as the port is open: closing it is the regular end. */
const endsWithPort = [calls['lines()'], calls['for await'], calls['readable']]

const laterCalls: readonly ((port: SerialPort) => Promise<unknown>)[] = [
  ...Object.entries(calls).flatMap(([name, call]) => (/drain|behind|toDuplex/.test(name) ? [] : [call])),
  (port) => port.drain(),
  (port) => port.purge(),
  (port) => port.getSignals(),
  (port) => port.setSignals({ dtr: true }),
  (port) => port.reconfigure({ baudRate: 19200 }),
]

for (const { connect, kind, skip = false } of devices) {
  const withPort = async (
    options: SerialOptions,
    body: (port: SerialPort, device: Device) => Promise<void>,
  ) => {
    await using device = await connect()
    await using port = await open(device.path, options)
    await within(15_000, body(port, device))
  }

  describe(`when ${kind} vanishes`, { skip }, () => {
    for (const [name, call] of Object.entries(calls)) {
      it(`a pending ${name} fails at once`, limit, () =>
        withPort({}, async (port, device) => {
          const failing = rejectsWith('DISCONNECTED', call(port))
          await sleep(30)
          await device.vanish()
          const { ms, result } = await timed(failing)
          assert.ok(ms < soon, `${ms} ms`)
          assert.equal(result.path, port.path)
          assert.ok(result.syscall, 'the system call is missing')
        }),
      )
    }

    it('it is told although nobody reads, once, and with the reason', limit, () =>
      withPort({}, async (port, device) => {
        const told: (SerialError | undefined)[] = []
        port.on('close', (reason) => told.push(reason))
        await device.vanish()
        const { ms, result: reason } = await timed(port.closed)
        assert.ok(ms < soon, `${ms} ms`)
        assert.equal(reason?.code, 'DISCONNECTED')
        assert.equal(port.isOpen, false)
        await sleep(20)
        assert.deepEqual(told, [reason])
        await Promise.all([port.close(), port.close()])
        assert.equal(await port.closed, reason)
        assert.equal(told.length, 1)
      }),
    )

    it('every later call says so until close(), and then that the port is closed', limit, () =>
      withPort({}, async (port, device) => {
        await device.vanish()
        await port.closed
        for (const call of laterCalls) await rejectsWith('DISCONNECTED', call(port))
        await port.close()
        for (const call of laterCalls)
          if (!endsWithPort.includes(call)) await rejectsWith('PORT_NOT_OPEN', call(port))
      }),
    )
  })
}

describe('in the moment between the end and its being told', () => {
  it('every call fails as it will afterwards', limit, async () => {
    for (const call of laterCalls) {
      using far = new Pseudo()
      await using port = await open(far.path)
      far.unplug()
      await within(soon, rejectsWith('DISCONNECTED', call(port)))
    }
  })

  it('the counters and settings can be asked for', limit, async () => {
    using far = new Pseudo()
    await using port = await open(far.path, { receiveBufferSize: 64 })
    far.send('x'.repeat(200))
    await eventually('the buffer is full', () => port.bytesToRead === 200)
    far.unplug()
    const look = () => [port.bytesToWrite, port.settings.baudRate]
    assert.deepEqual(look(), [0, 9600])
    assert.ok(port.bytesToRead >= 64)
    await within(5000, port.closed)
    assert.deepEqual(look(), [0, 9600])
    assert.ok(port.bytesToRead >= 64)
    assert.equal(port.ref().unref(), port)
  })
})

describe('what had arrived when the device vanished', () => {
  const options = { receiveBufferSize: 64 }

  /** A port with so many bytes in its buffer, whose device is gone. */
  async function left(text: string): Promise<SerialPort> {
    const device = await startDevice(text)
    const port = await open(device.path)
    await eventually('the bytes arrive', () => port.bytesToRead === text.length)
    await device.vanish()
    await port.closed
    return port
  }

  it('is delivered first', limit, async () => {
    await using port = await left('one\ntwo')
    assert.equal(port.bytesToRead, 7)
    assert.equal(await port.readLine(), 'one')
    const { bytesTransferred } = await rejectsWith('DISCONNECTED', port.readLine())
    assert.equal(bytesTransferred, 3)
    await rejectsWith('DISCONNECTED', port.readExactly(4))
    assert.equal((await port.read(8)).toString(), 'two')
    await rejectsWith('DISCONNECTED', port.read(8))
  })

  it('is delivered first by the iterations too', limit, async () => {
    await using port = await left('one\ntwo\nend')
    const seen: string[] = []
    await rejectsWith(
      'DISCONNECTED',
      (async () => {
        for await (const line of port.lines()) seen.push(line)
      })(),
    )
    await rejectsWith(
      'DISCONNECTED',
      (async () => {
        for await (const chunk of port) seen.push(chunk.toString())
      })(),
    )
    assert.deepEqual(seen, ['one', 'two', 'end'])
  })

  it('is delivered first by a Node stream too, to a reader who takes his time', limit, async () => {
    using far = new Pseudo()
    await using port = await open(far.path)
    const stream = port.toDuplex()
    const chunks: Buffer[] = []
    const reading = (async () => {
      for await (const chunk of stream) {
        chunks.push(chunk as Buffer)
        await sleep(100)
      }
    })()
    const failing = rejectsWith('DISCONNECTED', reading)
    const sent = ['one,', 'two,', 'three'].map((text) => Buffer.alloc(3000, text))
    const got = () => chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
    for (const [index, piece] of sent.entries()) {
      far.send(piece)
      const arrived = () => got() + stream.readableLength + port.bytesToRead === 3000 * (index + 1)
      await eventually('it arrives', arrived)
    }
    far.unplug()
    await failing
    assert.deepEqual(Buffer.concat(chunks), Buffer.concat(sent))
  })

  it('is what a pending read(size) settles for', limit, async () => {
    await using device = await startDevice('abc')
    await using port = await open(device.path)
    const [some, none] = [port.read(8), rejectsWith('DISCONNECTED', port.read(8))]
    await eventually('the bytes arrive', () => port.bytesToRead === 3)
    await device.vanish()
    assert.equal((await within(soon, some)).toString(), 'abc')
    await within(soon, none)
  })

  it('is for the next in line when the first has no use for it', limit, async () => {
    using far = new Pseudo()
    await using port = await open(far.path)
    const line = rejectsWith('DISCONNECTED', port.readLine())
    const two = port.readExactly(2)
    const rest = port.read(8)
    far.send('abc')
    await eventually('the bytes arrive', () => port.bytesToRead === 3)
    far.unplug()
    assert.equal((await line).bytesTransferred, 3)
    assert.equal((await within(soon, two)).toString(), 'ab')
    assert.equal((await within(soon, rest)).toString(), 'c')
  })

  it('does not hide the end from a port that is paused by its full buffer', limit, async () => {
    await using device = await startDevice('x'.repeat(1000))
    await using port = await open(device.path, options)
    await eventually('the buffer is full', () => port.bytesToRead === 1000)
    await sleep(50)
    await device.vanish()
    const { ms, result } = await timed(within(5000, port.closed))
    assert.ok(ms < 1500, `told after ${ms} ms`)
    assert.equal(result?.code, 'DISCONNECTED')
    assert.match((await port.read()).toString(), /^x{64,128}$/)
  })
})

describe('when the device of a blocking port vanishes', () => {
  it('every call says so, after what had arrived was read', limit, async () => {
    await using device = await startDevice('one\ntwo')
    using port = openSync(device.path)
    assert.equal(port.readLine({ timeout: 5000 }), 'one')
    await device.vanish()
    const begun = performance.now()
    assert.equal(throwsWith('DISCONNECTED', () => port.readLine()).bytesTransferred, 3)
    assert.equal(port.read(8).toString(), 'two')
    for (const call of [
      () => port.read(),
      () => port.readExactly(1),
      () => port.write('x'),
      () => port.drain(),
      () => port.purge(),
      () => port.reconfigure({ baudRate: 19200 }),
      () => [...port.lines()],
    ]) {
      assert.equal(throwsWith('DISCONNECTED', call).path, port.path)
    }
    assert.ok(performance.now() - begun < soon)
    port.close()
    throwsWith('PORT_NOT_OPEN', () => port.read())
  })

  it('a read that blocks ends', limit, async () => {
    await using device = await startDevice()
    using port = openSync(device.path)
    // Nobody but another process can end what blocks this thread.
    await device.vanishIn(200)
    const begun = performance.now()
    throwsWith('DISCONNECTED', () => port.read({ timeout: 10_000 }))
    assert.ok(performance.now() - begun < 5000)
  })
})
