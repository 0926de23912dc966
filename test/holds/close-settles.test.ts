import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises'
import { open, openSync } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { Pseudo } from '../support/pseudo.ts'
import { within } from '../support/wait.ts'

const limit = { timeout: 20_000 }
/** What a closing port may wait for output that does not move, and then some. */
const patience = 3000
const tooMuch = Buffer.alloc(1_000_000, 'x')

/** A port that nobody answers and whose writes get stuck. */
async function withPort(body: (port: SerialPort, far: Pseudo) => Promise<void>): Promise<void> {
  using far = new Pseudo()
  await using port = await open(far.path)
  await within(15_000, body(port, far))
}

/** How a call settles, and how often it does. */
class Settling {
  readonly outcomes: string[] = []

  constructor(call: Promise<unknown>) {
    call.then(
      (value) => this.outcomes.push(`resolved: ${String(value)}`),
      (error: Error & { code?: string }) => this.outcomes.push(error.code ?? error.message),
    )
  }
}

const calls: Readonly<Record<string, (port: SerialPort) => Promise<unknown>>> = {
  'read()': (port) => port.read(),
  'read(8)': (port) => port.read(8, { timeout: 10_000 }),
  readExactly: (port) => port.readExactly(8, { signal: new AbortController().signal }),
  readUntil: (port) => port.readUntil('\n'),
  readLine: (port) => port.readLine(),
  write: (port) => port.write(tooMuch),
  drain: (port) => port.drain({ timeout: 10_000 }),
  sendBreak: (port) => port.sendBreak(10_000),
}

const instantCalls: typeof calls = {
  purge: (port) => port.purge(),
  getSignals: (port) => port.getSignals(),
  setSignals: (port) => port.setSignals({ dtr: true }),
  reconfigure: (port) => port.reconfigure({ baudRate: 19200 }),
}

describe('close() while calls are pending', () => {
  it('ends each of them, once, with PORT_NOT_OPEN', limit, () =>
    withPort(async (port, far) => {
      const pending = Object.entries(calls).map(([name, call]) => ({
        name,
        settling: new Settling(call(port)),
      }))
      const iteration = new Settling(
        (async () => {
          for await (const chunk of port) void chunk
        })(),
      )
      const lines = new Settling(
        (async () => {
          for await (const line of port.lines()) void line
        })(),
      )
      await sleep(50)
      assert.deepEqual(
        pending.flatMap(({ settling }) => settling.outcomes),
        [],
        'they settled too soon',
      )
      const closing = port.close()
      assert.equal(port.isOpen, false)
      await within(patience, closing)
      far.unplug()
      await sleep(50)
      for (const { name, settling } of pending) assert.deepEqual(settling.outcomes, ['PORT_NOT_OPEN'], name)
      // A loop over the port has nothing more to do: that is its regular end.
      assert.deepEqual(
        [...iteration.outcomes, ...lines.outcomes],
        ['resolved: undefined', 'resolved: undefined'],
      )
    }),
  )

  it('ends them at once, whatever the output does', limit, () =>
    withPort(async (port) => {
      const writing = rejectsWith('PORT_NOT_OPEN', port.write(tooMuch))
      const queued = rejectsWith('PORT_NOT_OPEN', port.write('behind it'))
      const reading = rejectsWith('PORT_NOT_OPEN', port.readLine())
      void port.close()
      await within(200, Promise.all([writing, queued, reading]))
      assert.ok(((await writing).bytesTransferred ?? 0) > 0)
      assert.equal((await queued).bytesTransferred, 0)
      assert.equal((await reading).path, port.path)
    }),
  )

  it('ends a purge that was begun before', limit, () =>
    withPort(async (port) => {
      const writing = rejectsWith('ABORTED', port.write(tooMuch))
      const purging = port.purge()
      await within(patience, port.close())
      await within(200, purging)
      await writing
    }),
  )

  it('ends the Web streams', limit, () =>
    withPort(async (port) => {
      const reader = port.readable.getReader()
      const writer = port.writable.getWriter()
      const reading = reader.read()
      const writing = rejectsWith('PORT_NOT_OPEN', writer.write(tooMuch))
      const failed = rejectsWith('PORT_NOT_OPEN', writer.closed)
      await sleep(20)
      await within(patience, port.close())
      assert.deepEqual(await within(200, reading), { done: true, value: undefined })
      await within(200, Promise.all([reader.closed, writing, failed]))
    }),
  )

  it('ends and closes a Node stream, read or not', limit, () =>
    withPort(async (port) => {
      const [read, idle] = [port.toDuplex().resume(), port.toDuplex()]
      const events: string[] = []
      for (const name of ['end', 'error', 'close']) read.on(name, () => events.push(name))
      const closed = [once(read, 'close'), once(idle, 'close')]
      await immediate()
      await within(patience, port.close())
      await within(500, Promise.all(closed))
      assert.deepEqual(events, ['end', 'close'])
    }),
  )

  it('fails what a Node stream writes', limit, () =>
    withPort(async (port) => {
      const stream = port.toDuplex()
      const results: unknown[] = []
      stream.write(tooMuch, (error) => results.push((error as { code?: string } | null | undefined)?.code))
      const failing = once(stream, 'error') as Promise<[Error & { code?: string }]>
      await immediate()
      await within(patience, port.close())
      assert.equal((await within(500, failing))[0].code, 'PORT_NOT_OPEN')
      await immediate()
      assert.deepEqual(results, ['PORT_NOT_OPEN'])
    }),
  )
})

describe('a closed port', () => {
  it('refuses every call with PORT_NOT_OPEN', limit, () =>
    withPort(async (port, far) => {
      far.send('unread')
      while (port.bytesToRead < 6) await immediate()
      await port.close()
      for (const call of Object.values({ ...calls, ...instantCalls })) {
        const error = await within(200, rejectsWith('PORT_NOT_OPEN', call(port)))
        assert.equal(error.path, port.path)
        assert.match(error.message, /open/)
      }
      for await (const line of port.lines()) assert.fail(line)
      for await (const chunk of port) assert.fail(chunk.toString())
      assert.deepEqual([port.bytesToRead, port.bytesToWrite, port.isOpen], [0, 0, false])
      assert.equal(port.ref().unref(), port)
      assert.equal(await port.closed, undefined)
    }),
  )

  it('may be closed again, at any moment, and says so once', limit, () =>
    withPort(async (port) => {
      let told = 0
      port.on('close', (reason) => {
        told += 1
        assert.equal(reason, undefined)
        void port.close()
      })
      const both = [port.close(), port.close()]
      await Promise.all(both)
      await port.close()
      await port[Symbol.asyncDispose]()
      assert.equal(told, 1)
    }),
  )

  it('can be opened anew as soon as close() has resolved', limit, async () => {
    using far = new Pseudo()
    for (let round = 0; round < 100; round++) {
      const port = await open(far.path)
      const reading = rejectsWith('PORT_NOT_OPEN', port.readLine())
      await port.close()
      await reading
    }
  })

  it('refuses every blocking call with PORT_NOT_OPEN', limit, () => {
    using far = new Pseudo()
    const port = openSync(far.path)
    port.close()
    port.close()
    for (const call of [
      () => port.read(),
      () => port.read(8, { timeout: 0 }),
      () => port.readExactly(8),
      () => port.readUntil('\n'),
      () => port.readLine(),
      () => port.write('x'),
      () => port.drain(),
      () => port.purge(),
      () => port.getSignals(),
      () => port.setSignals({ dtr: true }),
      () => port.sendBreak(),
      () => port.reconfigure({ baudRate: 19200 }),
    ]) {
      assert.equal(throwsWith('PORT_NOT_OPEN', call).path, far.path)
    }
    assert.deepEqual([port.isOpen, port.bytesToRead, port.bytesToWrite], [false, 0, 0])
    assert.deepEqual([...port.lines(), ...port], [])
  })
})
