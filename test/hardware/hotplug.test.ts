// Ports that go and come back: told of by watch(), and kept by a port that was opened with `reconnect`.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, beforeEach, suite, test } from 'node:test'
import { list, open, watch } from '../../src/index.ts'
import type { PortChange } from '../../src/index.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { givesAllBack } from '../support/resources.ts'
import { eventually, timed, within } from '../support/wait.ts'
import { cable, needs } from './null-modem.ts'

const limit = { timeout: 30_000 }

suite('ports that come and go', { skip: needs('nm') }, () => {
  beforeEach(() => cable.plug())
  after(() => cable.plug())

  test('watch() tells of each with all that is known of it, soon', limit, async () => {
    const known = (await list()).filter(({ path }) => path === cable.a || path === cable.b)
    assert.equal(known.length, 2)
    await using changes = watch()
    /** Those of the cable: by type, and in the order of their names. */
    const next = async (type: PortChange['type']) => {
      const found: PortChange[] = []
      while (found.length < 2) {
        const { value } = await changes.next()
        if (value !== undefined && [cable.a, cable.b].includes(value.port.path)) found.push(value)
      }
      found.sort((one, other) => (one.port.path < other.port.path ? -1 : 1))
      assert.deepEqual(
        found,
        known.map((port) => ({ type, port })),
      )
    }
    for (let round = 0; round < 5; round++) {
      cable.unplug()
      const removed = await timed(within(20_000, next('removed')))
      await cable.plug()
      const added = await timed(within(20_000, next('added')))
      // 200 ms are promised; this machine may be loaded, and is emulated.
      assert.ok(removed.ms < 5000 && added.ms < 5000, `${removed.ms} ms, ${added.ms} ms`)
    }
  })

  test('nothing is missed between watching and listing', limit, async () => {
    const told = new Map<string, boolean>()
    await using changes = watch({ existing: true })
    const following = (async () => {
      for await (const { port, type } of changes) told.set(port.path, type === 'added')
    })()
    for (let round = 0; round < 20; round++) {
      cable.unplug()
      await cable.plug()
    }
    cable.unplug()
    const present = async () =>
      (await list())
        .map(({ path }) => path)
        .toSorted()
        .join()
    const expected = await present()
    const believed = () =>
      [...told]
        .flatMap(([path, there]) => (there ? [path] : []))
        .toSorted()
        .join()
    await eventually('what was told is what there is', () => believed() === expected)
    await changes.return?.()
    await following
  })

  test('a port with reconnect fails what is under way, and is there again with its device', limit, () =>
    givesAllBack(async () => {
      await using port = await open(cable.a, { baudRate: 230_400, reconnect: true })
      const { baudRate } = port.settings
      const heard: string[] = []
      const lines = (async () => {
        for await (const line of port.lines()) heard.push(line)
      })()
      for (let round = 0; round < 5; round++) {
        const peer = await open(cable.b, { baudRate: 230_400 })
        await peer.write(`round ${round}\nhalf a li`)
        await eventually('the line', () => heard.length === round + 1)
        const drained = port.write(new Uint8Array(100_000))
        const lost = once(port, 'disconnect')
        cable.unplug()
        const [, { bytesTransferred = 0 }] = await within(
          5000,
          Promise.all([lost, rejectsWith('DISCONNECTED', drained)]),
        )
        assert.ok(bytesTransferred < 100_000)
        assert.deepEqual([port.isOpen, port.isConnected], [true, false])
        await rejectsWith('DISCONNECTED', port.write('nobody gets this'))
        await peer.close()
        const found = once(port, 'reconnect')
        await cable.plug()
        assert.deepEqual(await within(20_000, found), [cable.a])
        assert.equal(port.settings.baudRate, baudRate)
        await using again = await open(cable.b, { baudRate: 230_400, readTimeout: 2000 })
        await port.write('hello again\n')
        // Before it, the kernel may hand out zeroes that had come in and were not read when the cable was pulled out.
        assert.match(await again.readLine(), /^\0*hello again$/)
      }
      await port.close()
      await lines
      assert.deepEqual(
        heard,
        Array.from({ length: 5 }, (_, round) => `round ${round}`),
      )
    }),
  )

  test('a port that is closed while its device is away stays closed', limit, () =>
    givesAllBack(async () => {
      const port = await open(cable.a, { reconnect: true })
      cable.unplug()
      await within(20_000, once(port, 'disconnect'))
      await within(20_000, port.close())
      assert.equal(await port.closed, undefined)
      await cable.plug()
      await rejectsWith('PORT_NOT_OPEN', port.write('x'))
    }),
  )
})
