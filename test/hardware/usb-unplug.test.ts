// USB adapters are pulled out, whatever they are doing, and put back somewhere else.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { list, open, SerialError, watch } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { givesAllBack } from '../support/resources.ts'
import { timed, within } from '../support/wait.ts'
import { needs } from './null-modem.ts'
import { chipNames, profiles } from './usb-chips.ts'
import { UsbRig } from './usb-rig.ts'

/** What a pending call is expected to come to. */
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: unknown) => (error instanceof SerialError ? error.code : String(error)),
  )

/** What may be under way when it happens: calls that end with DISCONNECTED. The adapter takes nothing meanwhile. */
const states: Readonly<Record<string, (port: SerialPort) => Promise<unknown>[]>> = {
  idle: () => [],
  writing: (port) => [port.write(new Uint8Array(500_000)), port.write('more')],
  'reading and draining': (port) => [
    port.read(),
    port.readExactly(4, { timeout: 60_000 }),
    port.write('x').then(() => port.drain()),
  ],
}

suite('USB adapters that are pulled out', { skip: needs('usb'), timeout: 300_000 }, () => {
  let rig: UsbRig

  before(() => {
    rig = new UsbRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  for (const chip of chipNames) {
    test(`${chip}: ${Object.keys(states).join(', ')}`, async () => {
      const adapter = await rig.make(chip)
      for (const [state, begin] of Object.entries(states)) {
        await adapter.plug()
        const { path } = adapter
        const port = await open(path)
        await adapter.far.hold(true)
        const pending = begin(port).map(codeOf)
        await sleep(30)
        const gone = timed(within(20_000, port.closed))
        await adapter.unplug()
        const { ms, result } = await gone
        assert.equal(result?.code, 'DISCONNECTED', state)
        for (const code of await within(20_000, Promise.all(pending)))
          assert.equal(code, 'DISCONNECTED', state)
        assert.ok(ms < 3000, `${state}: ${ms} ms`)
        for (const call of [port.write('x'), port.read(), port.getSignals(), port.drain()]) {
          assert.equal(await codeOf(call), 'DISCONNECTED', state)
        }
        await port.close()
        await adapter.far.hold(false)
        // It was there a moment ago, when it was listed.
        await rejectsWith('PORT_NOT_FOUND', open(path))
      }
    })
  }

  test('watch() tells of each, and all that list() would', async () => {
    await using changes = watch()
    for (const chip of chipNames) {
      const adapter = await rig.make(chip)
      await adapter.plug(1)
      const { path } = adapter
      const port = { path, kind: 'usb', location: '1-2', ...profiles[chip].facts }
      assert.deepEqual((await within(20_000, changes.next())).value, { type: 'added', port })
      await adapter.unplug()
      assert.deepEqual((await within(20_000, changes.next())).value, { type: 'removed', port })
    }
  })

  test('the same device is found by its serial number, in another socket and under another name', () =>
    givesAllBack(async () => {
      const adapter = await rig.make('ft232r', { serialNumber: 'FTAB12CD' })
      const others = [await rig.make('ft232r', { serialNumber: 'FTZZ9999' }), await rig.make('ch340')]
      await adapter.plug(0)
      const first = adapter.path
      await using port = await open(first, { baudRate: 57_600, reconnect: true })
      const lost = once(port, 'disconnect')
      await adapter.far.hold(true)
      const writing = port.write(new Uint8Array(100_000))
      const failed = rejectsWith('DISCONNECTED', writing)
      await sleep(20)
      await adapter.unplug()
      await within(20_000, lost)
      const { bytesTransferred = 0 } = await failed
      assert.ok(bytesTransferred < 100_000)
      assert.deepEqual([port.isOpen, port.isConnected], [true, false])
      // Others take its name and its socket, one of them of the same kind.
      await others[0]?.plug(0)
      await others[1]?.plug(1)
      assert.equal(others[0]?.path, first)
      await rejectsWith('DISCONNECTED', port.write('nobody gets this'))
      const found = once(port, 'reconnect')
      await adapter.far.hold(false)
      await adapter.plug(2)
      assert.notEqual(adapter.path, first)
      assert.deepEqual(await within(20_000, found), [adapter.path])
      await port.write('hello again')
      assert.equal(Buffer.from(await adapter.far.receive(11)).toString(), 'hello again')
      assert.ok(Math.abs((await adapter.far.state()).line.baudRate - 57_600) < 100)
      await adapter.far.send(Buffer.from('yes'))
      assert.equal((await port.readExactly(3, { timeout: 20_000 })).toString(), 'yes')
      assert.equal((await others[0]?.far.state())?.waiting, 0)
      await port.close()
      for (const each of [adapter, ...others]) await each.unplug()
    }))

  test('without a serial number it is found in the socket where it was, under another name', async () => {
    const adapter = await rig.make('ch340')
    const [other, twin] = [await rig.make('cp2102'), await rig.make('ch340')]
    await adapter.plug(0)
    const first = adapter.path
    await using port = await open(first, { reconnect: true })
    const lost = once(port, 'disconnect')
    await adapter.unplug()
    await within(20_000, lost)
    await other.plug(1)
    await twin.plug(2)
    const found = once(port, 'reconnect')
    assert.equal((await list()).length >= 2, true)
    await adapter.plug(0)
    assert.notEqual(adapter.path, first)
    assert.deepEqual(await within(20_000, found), [adapter.path])
    await port.write('x')
    assert.equal(Buffer.from(await adapter.far.receive(1)).toString(), 'x')
    await port.close()
    for (const each of [adapter, other, twin]) await each.unplug()
  })
})
