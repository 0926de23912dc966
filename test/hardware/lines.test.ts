// Control lines, on real ones.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, openSync } from '../../src/index.ts'
import type { InputSignals, SerialOptions } from '../../src/index.ts'
import { eventually, within } from '../support/wait.ts'
import { cable, lineChanges, needs, ring, withEnds, withEndsSync } from './null-modem.ts'

/** What one end sees when the other drives its lines so. */
const seen = (dtr: boolean, rts: boolean): InputSignals => ({ cts: rts, dsr: dtr, dcd: dtr, ri: false })

const levels = [true, false].flatMap((dtr) => [true, false].map((rts) => ({ dtr, rts })))

/** What the far end sees of a port that is opened with these options and closed again. */
async function sight(options: SerialOptions, blocking: boolean): Promise<InputSignals[]> {
  await using far = await open(cable.b)
  const port = blocking ? openSync(cable.a, options) : await open(cable.a, options)
  const opened = await far.getSignals()
  await port.close()
  return [opened, await far.getSignals()]
}

suite('control lines', { skip: needs('nm') }, () => {
  test('what one end sets is what the other reads', async () => {
    await withEnds({}, async (a, b) => {
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        for (const { dtr, rts } of levels) {
          await from.setSignals({ dtr, rts })
          assert.deepEqual(await to.getSignals(), seen(dtr, rts))
        }
        await from.setSignals({ dtr: true })
        assert.deepEqual(await to.getSignals(), seen(true, false))
        await from.setSignals({ rts: true })
        assert.deepEqual(await to.getSignals(), seen(true, true))
      }
    })
  })

  test('the same for blocking ports', () => {
    withEndsSync({}, (a, b) => {
      for (const { dtr, rts } of levels) {
        a.setSignals({ dtr, rts })
        assert.deepEqual(b.getSignals(), seen(dtr, rts))
      }
    })
  })

  test('the ring indicator', async () => {
    await withEnds({}, async (_, b) => {
      const events: InputSignals[] = []
      b.on('signals', (now) => events.push(now))
      ring(cable.a, true)
      await eventually('it rings', () => events.at(-1)?.ri === true)
      ring(cable.a, false)
      await eventually('it stops', () => events.at(-1)?.ri === false)
    })
  })

  test('an event for each change, with the levels then', async () => {
    await withEnds({}, async (a, b) => {
      await a.setSignals({ dtr: true, rts: true })
      // Until somebody listens, nobody looks.
      await sleep(50)
      const changes = [
        { dtr: false },
        { rts: false },
        { dtr: true },
        { rts: true },
        { dtr: false, rts: false },
      ]
      let now = { dtr: true, rts: true }
      for (const change of changes) {
        const changed = once(b, 'signals')
        await a.setSignals(change)
        now = { ...now, ...change }
        assert.deepEqual(await within(20_000, changed), [seen(now.dtr, now.rts)])
      }
    })
  })

  test('nothing is told before somebody listens, nor after', async () => {
    await withEnds({}, async (a, b) => {
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
      const idle = timers()
      const events: InputSignals[] = []
      const listener = (now: InputSignals) => void events.push(now)
      await a.setSignals({ rts: false })
      await eventually('it has gone through the cable', async () => !(await b.getSignals()).cts)
      b.on('signals', listener)
      await sleep(100)
      assert.deepEqual(events, [])
      await a.setSignals({ rts: true })
      await eventually('one event', () => events.length === 1)
      b.off('signals', listener)
      await a.setSignals({ rts: false })
      await sleep(100)
      assert.equal(events.length, 1)
      // What does not look does not wake up either.
      assert.equal(timers(), idle)
    })
  })

  test('after a burst of changes the last event has the true levels', async () => {
    await withEnds({}, async (a, b) => {
      let last: InputSignals | undefined
      b.on('signals', (now) => {
        last = now
      })
      const before = lineChanges(cable.b).cts
      for (let i = 0; i < 101; i++) await a.setSignals({ rts: i % 2 === 1 })
      await eventually('all changes are there', () => lineChanges(cable.b).cts - before === 101)
      await eventually('the event', () => last?.cts === false)
      assert.deepEqual(await b.getSignals(), last)
    })
  })
})

suite('bursts of changes', { skip: needs('nm') }, () => {
  test('faster than the event loop turns: each edge is counted, and the last levels told are the true ones', async () => {
    for (const last of [true, false]) {
      await using b = await open(cable.b)
      // A blocking port: the event loop stands still meanwhile.
      using a = openSync(cable.a, { dtr: !last, rts: !last })
      await sleep(50)
      const told: InputSignals[] = []
      b.on('signals', (now) => told.push(now))
      const before = await b.counters()
      const edges = 501
      for (let edge = 0; edge < edges; edge++) {
        const level = edge % 2 === 0 ? last : !last
        a.setSignals({ dtr: level, rts: level })
      }
      await eventually('an event with the last levels', () => told.at(-1)?.cts === last)
      await sleep(100)
      const counted = await b.counters()
      const since = (name: 'cts' | 'dsr' | 'dcd') => (counted[name] ?? 0) - (before[name] ?? 0)
      assert.deepEqual([since('cts'), since('dsr'), since('dcd')], [edges, edges, edges])
      assert.deepEqual(told.at(-1), seen(last, last))
      assert.deepEqual(await b.getSignals(), seen(last, last))
    }
  })

  test('that end where they began are told of, too', async () => {
    await using b = await open(cable.b)
    using a = openSync(cable.a, { dtr: true, rts: true })
    await sleep(50)
    const told: InputSignals[] = []
    b.on('signals', (now) => told.push(now))
    for (let edge = 0; edge < 200; edge++) a.setSignals({ rts: edge % 2 === 1 })
    await eventually('an event', () => told.length > 0)
    assert.deepEqual(told.at(-1), seen(true, true))
  })
})

suite('opening and closing', { skip: needs('nm') }, () => {
  for (const blocking of [false, true]) {
    const kind = blocking ? 'blocking' : 'asynchronous'

    test(`${kind}: the initial levels of DTR and RTS`, async () => {
      for (const { dtr, rts } of levels) {
        const [opened] = await sight({ dtr, rts, hangupOnClose: true }, blocking)
        assert.deepEqual(opened, seen(dtr, rts))
      }
      assert.deepEqual((await sight({ dtr: false, hangupOnClose: true }, blocking))[0], seen(false, true))
      assert.deepEqual((await sight({ rts: false, hangupOnClose: true }, blocking))[0], seen(true, false))
      // What nobody asks about is as the system leaves it: on.
      assert.deepEqual((await sight({ hangupOnClose: true }, blocking))[0], seen(true, true))
    })

    test(`${kind}: closing leaves the lines alone, or drops them where asked to`, async () => {
      assert.deepEqual((await sight({}, blocking))[1], seen(true, true))
      assert.deepEqual((await sight({ hangupOnClose: true }, blocking))[1], seen(false, false))
      assert.deepEqual((await sight({ dtr: false }, blocking))[1], seen(false, true))
    })
  }

  test('where the lines are on already, opening does not touch them', async () => {
    await using far = await open(cable.b)
    await (await open(cable.a)).close()
    assert.deepEqual(await far.getSignals(), seen(true, true))
    await sleep(50)
    const before = lineChanges(cable.b)
    for (const options of [{}, { dtr: true, rts: true }]) {
      await (await open(cable.a, options)).close()
      openSync(cable.a, options).close()
    }
    await sleep(50)
    assert.deepEqual(lineChanges(cable.b), before)
  })

  test('where they are off and are to stay so, the kernel makes one pulse and baud no more', async () => {
    await using far = await open(cable.b)
    await (await open(cable.a, { hangupOnClose: true })).close()
    assert.deepEqual(await far.getSignals(), seen(false, false))
    await sleep(50)
    const before = lineChanges(cable.b)
    await using port = await open(cable.a, { dtr: false, rts: false })
    await sleep(50)
    assert.equal(port.settings.dtr, false)
    const after = lineChanges(cable.b)
    assert.deepEqual({ cts: after.cts - before.cts, dsr: after.dsr - before.dsr }, { cts: 2, dsr: 2 })
    assert.deepEqual(await far.getSignals(), seen(false, false))
  })
})
