import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as immediate } from 'node:timers/promises'
import { watch } from '../../src/index.ts'
import type { PortInfo } from '../../src/index.ts'
import type { PortHint } from '../../src/native/index.ts'
import { Watcher } from '../../src/watcher.ts'
import type { WatchOptions } from '../../src/watcher.ts'

const usb = (path: string, serialNumber: string): PortInfo => ({ path, kind: 'usb', serialNumber })
const [a0, a1, b0] = [usb('/dev/a', '0'), usb('/dev/a', '1'), usb('/dev/b', '0')]
const came = (port: PortInfo): string => `added ${port.path} ${port.serialNumber}`
const went = (port: PortInfo): string => `removed ${port.path} ${port.serialNumber}`

/** A machine whose ports the test plugs. */
class Machine {
  ports: PortInfo[]
  listings = 0
  closed = 0
  hint: (hint?: PortHint) => void = () => {}
  readonly #watcher: Watcher
  readonly #soon: boolean

  /** @param soon - whether its ports can be listed at once */
  constructor(ports: PortInfo[], options: WatchOptions = {}, soon = false) {
    this.ports = ports
    this.#soon = soon
    this.#watcher = new Watcher(
      {
        list: async () => {
          this.listings++
          return [...this.ports]
        },
        listSync: () => {
          if (!this.#soon) throw new Error('not yet')
          return [...this.ports]
        },
        watchPorts: (tell) => {
          this.hint = tell
          return { close: () => this.closed++ }
        },
      },
      options,
    )
  }

  get watcher(): Watcher {
    return this.#watcher
  }

  /** So many changes, as texts. */
  async changes(count: number): Promise<string[]> {
    const found: string[] = []
    for (let i = 0; i < count; i++) {
      const { value } = await this.#watcher.next()
      found.push(value === undefined ? 'end' : value.type === 'added' ? came(value.port) : went(value.port))
    }
    return found
  }
}

test('what was there is told of only where that is asked for', async () => {
  assert.deepEqual(await new Machine([a0, b0], { existing: true }).changes(2), [came(a0), came(b0)])
  const quiet = new Machine([a0])
  quiet.ports = [a0, b0]
  await immediate()
  quiet.hint({ action: 'removed', path: '/dev/a' })
  assert.deepEqual(await quiet.changes(1), [went(a0)])
})

test('a port that comes while the first listing is under way is told of', async () => {
  const machine = new Machine([a0])
  machine.hint({ action: 'added', path: '/dev/a' })
  assert.deepEqual(await machine.changes(1), [came(a0)])
})

test('a port that goes right after the call is told of', async () => {
  const machine = new Machine([a0], {}, true)
  machine.ports = []
  machine.hint({ action: 'removed', path: '/dev/a' })
  assert.deepEqual(await machine.changes(1), [went(a0)])
})

test('the same port is told of once, and what is no port not at all', async () => {
  const machine = new Machine([], { existing: true })
  machine.ports = [a0]
  machine.hint({ action: 'added', path: '/dev/a' })
  machine.hint({ action: 'added', path: '/dev/a' })
  machine.hint({ action: 'added', path: '/dev/console' })
  machine.hint({ action: 'removed', path: '/dev/console' })
  machine.hint({ action: 'removed', path: '/dev/a' })
  assert.deepEqual(await machine.changes(2), [came(a0), went(a0)])
})

test('another device under the same name: the first has gone', async () => {
  const machine = new Machine([a0], { existing: true })
  await immediate()
  machine.ports = [a1]
  machine.hint({ action: 'added', path: '/dev/a' })
  assert.deepEqual(await machine.changes(3), [came(a0), went(a0), came(a1)])
})

test('a rescan finds all that has changed, and rescans that wait are one', async () => {
  const machine = new Machine([a0, b0], { existing: true })
  assert.deepEqual(await machine.changes(2), [came(a0), came(b0)])
  machine.ports = [a1]
  for (let i = 0; i < 100; i++) machine.hint()
  assert.deepEqual(await machine.changes(3), [went(a0), went(b0), came(a1)])
  assert.ok(machine.listings <= 3, `${machine.listings} listings`)
})

test('leaving the loop ends it, and so does the signal, after what was told before', async () => {
  const left = new Machine([a0], { existing: true })
  for await (const _ of left.watcher) break
  assert.equal(left.closed, 1)
  assert.deepEqual(await left.changes(1), ['end'])

  const stop = new AbortController()
  const aborted = new Machine([a0], { existing: true, signal: stop.signal })
  await immediate()
  stop.abort(new Error('enough'))
  assert.deepEqual(await aborted.changes(1), [came(a0)])
  await assert.rejects(aborted.watcher.next(), { code: 'ABORTED' })
  assert.deepEqual(await aborted.changes(1), ['end'])
  assert.equal(aborted.closed, 1)
})

test('a signal that is aborted already, and a read that waits when it is', async () => {
  await assert.rejects(new Machine([], { signal: AbortSignal.abort() }).watcher.next(), { code: 'ABORTED' })
  const stop = new AbortController()
  const { watcher } = new Machine([], { signal: stop.signal })
  const waiting = [watcher.next(), watcher.next()]
  stop.abort()
  await assert.rejects(waiting[0] ?? Promise.resolve(), { code: 'ABORTED' })
  assert.deepEqual(await waiting[1], { done: true, value: undefined })
})

test('a listing that fails ends it', async () => {
  let closed = 0
  const watcher = new Watcher(
    {
      list: () => Promise.reject(new Error('no sysfs')),
      listSync: () => assert.fail('no sysfs'),
      watchPorts: () => ({ close: () => closed++ }),
    },
    {},
  )
  await assert.rejects(watcher.next(), /no sysfs/)
  assert.equal(closed, 1)
})

test('bad options are refused at once', () => {
  for (const options of [null, 1, [], { existing: 1 }, { signal: {} }, { exsting: true }])
    assert.throws(() => watch(options as WatchOptions), { code: 'INVALID_OPTION' })
})
