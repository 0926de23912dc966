// The cable is pulled out, with the ports at its ends, whatever they are doing.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, beforeEach, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { open, SerialError } from '../../src/index.ts'
import type { SerialOptions, SerialPort } from '../../src/index.ts'
import { Random } from '../support/random.ts'
import { givesAllBack } from '../support/resources.ts'
import { eventually, timed, within } from '../support/wait.ts'
import { cable, needs } from './null-modem.ts'

/** What a pending call is expected to come to. */
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: unknown) => (error instanceof SerialError ? error.code : String(error)),
  )

/** What may be under way when it happens: calls that end with DISCONNECTED. */
const states: Readonly<Record<string, (port: SerialPort) => Promise<unknown>[]>> = {
  idle: () => [],
  reading: (port) => [port.read(), port.readLine(), port.readExactly(4, { timeout: 60_000 })],
  writing: (port) => [port.write(new Uint8Array(100_000)), port.write('more')],
  draining: (port) => [port.write(new Uint8Array(2000)).then(() => port.drain())],
  'listening to the lines': (port) => {
    port.on('signals', () => {})
    return []
  },
  'sending a break': (port) => [port.sendBreak(60_000)],
  'iterating over lines': (port) => [port.lines().next()],
}

const flows: readonly SerialOptions[] = [{}, { flowControl: 'dsr-dtr' }, { lineErrors: 'report' }]

suite('unplugging', { skip: needs('nm') }, () => {
  beforeEach(() => cable.plug())
  after(() => cable.plug())

  for (const [state, begin] of Object.entries(states)) {
    test(`while ${state}`, async () => {
      for (const options of flows) {
        const port = await open(cable.a, options)
        const pending = begin(port).map(codeOf)
        await sleep(30)
        const { result, ms } = await timed((cable.unplug(), within(20_000, port.closed)))
        assert.equal(result?.code, 'DISCONNECTED')
        for (const code of await within(20_000, Promise.all(pending))) assert.equal(code, 'DISCONNECTED')
        // Typically a few ms; a machine under load may take its time, a poll every 200 ms must not.
        assert.ok(ms < 3000, `${ms} ms`)
        assert.equal(port.isOpen, false)
        for (const call of [port.write('x'), port.read(), port.getSignals(), port.drain()]) {
          assert.equal(await codeOf(call), 'DISCONNECTED')
        }
        await port.close()
        await cable.plug()
      }
    })
  }

  test('while paused by a full buffer: what had arrived is still read', async () => {
    const port = await open(cable.a, { receiveBufferSize: 64, baudRate: 115_200 })
    const peer = await open(cable.b, { baudRate: 115_200 })
    await peer.write('x'.repeat(300))
    await eventually('all is there', () => port.bytesToRead === 300)
    cable.unplug()
    assert.equal((await within(20_000, port.closed))?.code, 'DISCONNECTED')
    const rest = await port.read(1000)
    assert.ok(rest.length >= 64, `${rest.length} bytes`)
    assert.equal(await codeOf(port.read()), 'DISCONNECTED')
    await peer.close()
  })

  test('while a blocking port reads in another thread', async () => {
    const workerData = { path: cable.a, task: 'block' }
    const worker = new Worker(new URL('../support/port-worker.js', import.meta.url), { workerData })
    const failed = once(worker, 'error')
    const ended = new Promise((resolve) => {
      worker.once('exit', resolve)
    })
    await once(worker, 'message')
    await sleep(50)
    const { ms } = await timed((cable.unplug(), within(20_000, failed)))
    assert.ok(ms < 3000, `${ms} ms`)
    const [error] = (await failed) as [Error & { code?: string }]
    assert.equal(error.code, 'DISCONNECTED', error.message)
    await ended
  })

  test('plugged in again it opens under its name, 25 times, and everything is given back', async () => {
    const random = new Random(7)
    const round = async () => {
      await cable.plug()
      const port = await open(cable.a, { baudRate: 1_000_000 })
      const peer = await open(cable.b, { baudRate: 1_000_000 })
      const pending = [
        port.read(),
        port.write(new Uint8Array(5000)),
        peer.write(new Uint8Array(5000)),
        peer.drain(),
      ]
      const settled = Promise.allSettled(pending)
      await sleep(random.between(0, 8))
      cable.unplug()
      await within(20_000, Promise.all([port.closed, peer.closed, settled]))
    }
    await round()
    await givesAllBack(async () => {
      for (let rounds = 0; rounds < 25; rounds++) await round()
    })
  })
})
