// The port on real control lines.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, openSync, SerialError } from '../../src/index.ts'
import type { DataBits, InputSignals, Parity, SerialOptions, SerialPort } from '../../src/index.ts'
import { win32con, win32file } from '../../src/win32/index.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { eventually, timed, within } from '../support/wait.ts'
import { addCable, removeCable } from '../support/lab.ts'
import { names, openCom } from '../win32/com.ts'
import { eventsOf, idleFor, lateness, needsHardware, ring, setAll } from './null-modem.ts'

const seen = (dtr: boolean, rts: boolean): InputSignals => ({ cts: rts, dsr: dtr, dcd: dtr, ri: false })

const levels = [true, false].flatMap((dtr) => [true, false].map((rts) => ({ dtr, rts })))

async function withEnds(
  options: SerialOptions,
  body: (a: SerialPort, b: SerialPort) => Promise<void>,
  atB: SerialOptions = options,
): Promise<void> {
  await using a = await open(names.a, options)
  await using b = await open(names.b, atB)
  await body(a, b)
}

suite('control lines', { skip: needsHardware }, () => {
  test('what one end sets is what the other reads, blocking or not', async () => {
    await withEnds({}, async (a, b) => {
      for (const { dtr, rts } of levels) {
        await a.setSignals({ dtr, rts })
        assert.deepEqual(await b.getSignals(), seen(dtr, rts))
      }
      await a.close()
      using blocking = openSync(names.a)
      for (const { dtr, rts } of levels) {
        blocking.setSignals({ dtr, rts })
        assert.deepEqual(await b.getSignals(), seen(dtr, rts))
        await b.setSignals({ dtr, rts })
        assert.deepEqual(blocking.getSignals(), seen(dtr, rts))
      }
    })
  })

  test('an event for each change, with the levels then', async () => {
    await withEnds({}, async (a, b) => {
      let now = { dtr: true, rts: true }
      const events: InputSignals[] = []
      b.on('signals', (signals) => events.push(signals))
      for (const change of [{ dtr: false }, { rts: false }, { dtr: true }, { rts: true }]) {
        now = { ...now, ...change }
        await a.setSignals(change)
        await eventually('the event', () => events.at(-1)?.cts === now.rts && events.at(-1)?.dsr === now.dtr)
        assert.deepEqual(events.at(-1), seen(now.dtr, now.rts))
      }
      b.removeAllListeners('signals')
      const told = events.length
      await a.setSignals({ rts: false })
      await sleep(100)
      assert.equal(events.length, told)
    })
  })

  test('lines and errors are watched at once', async () => {
    await withEnds({ lineErrors: 'report' }, async (a, b) => {
      const changed = once(b, 'signals')
      await a.setSignals({ rts: false })
      assert.deepEqual(await within(10_000, changed), [seen(true, false)])
    })
  })

  test('after a burst of changes the last event has the true levels', async () => {
    await withEnds({}, async (a, b) => {
      let last: InputSignals | undefined
      b.on('signals', (now) => {
        last = now
      })
      for (let i = 0; i < 51; i++) await a.setSignals({ rts: i % 2 === 1 })
      await eventually('the event', () => last?.cts === false)
      await sleep(100)
      assert.deepEqual(await b.getSignals(), last)
    })
  })

  test('the initial levels, and those after closing', async () => {
    await using far = await open(names.b)
    for (const { dtr, rts } of levels) {
      const port = await open(names.a, { dtr, rts })
      assert.deepEqual(await far.getSignals(), seen(dtr, rts))
      // They outlast a change of settings.
      await port.reconfigure({ baudRate: 19_200 })
      assert.deepEqual(await far.getSignals(), seen(dtr, rts))
      await port.close()
      const blocking = openSync(names.a, { dtr, rts, hangupOnClose: true })
      assert.deepEqual(await far.getSignals(), seen(dtr, rts))
      blocking.close()
      assert.deepEqual(await far.getSignals(), seen(false, false))
    }
  })

  test('a break is seen at the other end', async () => {
    const far = openCom(names.b)
    setAll([far], { BaudRate: 9600, ByteSize: 8, Parity: 0, StopBits: 0 })
    const port = await open(names.a)
    assert.equal(await eventsOf(far, win32con.EV_BREAK, () => port.sendBreak(20)), win32con.EV_BREAK)
    await port.setSignals({ break: true })
    await port.write('after')
    await sleep(50)
    assert.equal(win32file.ClearCommError(far)[1].cbInQue, 0)
    await port.setSignals({ break: false })
    await eventually('what was held', () => win32file.ClearCommError(far)[1].cbInQue === 5)
    await port.close()
    const blocking = openSync(names.a)
    assert.equal(await eventsOf(far, win32con.EV_BREAK, () => blocking.sendBreak(20)), win32con.EV_BREAK)
    blocking.close()
    far.Close()
  })
})

suite('counters', { skip: needsHardware }, () => {
  test('changes of the lines, both ways, with and without a listener, and in a burst', async () => {
    await withEnds({}, async (a, b) => {
      const first = await b.counters()
      assert.deepEqual([first.cts, first.dsr, first.dcd, first.ri, first.break], [0, 0, 0, 0, 0])
      const signals: InputSignals[] = []
      const listen = (now: InputSignals) => signals.push(now)
      for (const [round, heard] of [false, true, false].entries()) {
        if (heard) b.on('signals', listen)
        await a.setSignals({ rts: false })
        await eventually('a change', async () => (await b.counters()).cts === 2 * round + 1)
        await a.setSignals({ rts: true, dtr: round % 2 === 1 })
        await eventually('more', async () => (await b.counters()).cts === 2 * round + 2)
        await sleep(50)
        if (heard) b.removeListener('signals', listen)
      }
      assert.equal(signals.length > 0, true)
      const told = signals.length
      const { cts, dsr, dcd } = await b.counters()
      assert.deepEqual([cts, dsr, dcd], [6, 3, 3])
      for (let i = 0; i < 50; i++) await a.setSignals({ rts: i % 2 === 1 })
      await sleep(200)
      const { cts: after = 0 } = await b.counters()
      // Wine looks at the levels now and then; a driver of Windows notes that there was a change.
      assert.ok(after >= 6 && after <= 56 && after % 2 === 0, `${after}`)
      assert.equal(signals.length, told)
    })
  })

  test('rings, breaks and bytes', async () => {
    await withEnds({}, async (a, b) => {
      await Promise.all([a.counters(), b.counters()])
      ring(true)
      ring(false)
      await eventually('the ring', async () => (await a.counters()).ri === 1)
      for (const count of [1, 2]) {
        await a.sendBreak(20)
        await eventually('the break', async () => (await b.counters()).break === count)
      }
      await a.write('four')
      await b.readExactly(4, { timeout: 10_000 })
      assert.equal((await a.counters()).sent, 4)
      assert.ok(Number((await b.counters()).received) >= 4)
    })
  })
})

suite('frames', { skip: needsHardware }, () => {
  test('every number of data bits, with every parity and stop bit, carries every value', async () => {
    await withEnds({ baudRate: 115_200 }, async (a, b) => {
      for (const dataBits of [5, 6, 7, 8] as const satisfies DataBits[]) {
        for (const parity of ['none', 'even', 'odd', 'mark', 'space'] as const satisfies Parity[]) {
          for (const stopBits of [1, dataBits === 5 ? 1.5 : 2] as const) {
            await Promise.all([a, b].map((port) => port.reconfigure({ dataBits, parity, stopBits })))
            const values = Uint8Array.from({ length: 2 ** dataBits }, (_, value) => value)
            await a.write(values)
            const got = await b.readExactly(values.length, { timeout: 10_000 })
            assert.deepEqual(Uint8Array.from(got), values, `${dataBits} ${parity} ${stopBits}`)
          }
        }
      }
    })
  })
})

suite('time on the wire', { skip: needsHardware }, () => {
  const characterTime = 10_000 / 9600

  test('drain ends with the last bit', async (t) => {
    const late: number[] = []
    await withEnds({}, async (a) => {
      for (const size of [1, 5, 16, 17, 100]) {
        await a.write(new Uint8Array(size))
        await a.drain()
        late.push(await lateness(performance.now()))
      }
      await a.close()
      using blocking = openSync(names.a)
      for (const size of [1, 5, 16, 17, 100]) {
        blocking.write(new Uint8Array(size))
        blocking.drain()
        late.push(await lateness(performance.now()))
      }
    })
    const shown = `${late.map((ms) => ms.toFixed(1)).join(' ')} ms`
    t.diagnostic(shown)
    assert.ok(Math.min(...late) >= 0, `early: ${shown}`)
    // The driver tells of its queue alone; what the UART holds is allowed for with 16 characters.
    assert.ok(Math.min(...late) < 17 * characterTime + 20, `late: ${shown}`)
  })

  for (const flowControl of ['hardware', 'software'] as const) {
    test(`${flowControl} flow control: the sender stops, and goes on without loss`, async () => {
      const total = 40_000
      await withEnds({ baudRate: 460_800, flowControl, receiveBufferSize: 4096 }, async (a, b) => {
        const clean = (bytes: Uint8Array) => bytes.map((byte) => (byte === 0x11 || byte === 0x13 ? 0 : byte))
        const data = clean(new ByteStream(5).take(total))
        let written = false
        const writing = a.write(data).then(() => (written = true))
        await eventually('the wire is silent', () => idleFor() > 200, 20_000)
        assert.equal(written, false)
        if (flowControl === 'hardware') assert.equal((await a.getSignals()).cts, false)
        const got = await b.readExactly(total, { timeout: 30_000 })
        assert.ok(got.equals(data))
        await writing
        assert.equal((await b.read({ timeout: 50 })).length, 0)
      })
    })
  }
})

suite('unplugging', { skip: needsHardware }, () => {
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'no error',
      (error: unknown) => (error instanceof SerialError ? error.code : String(error)),
    )

  const states: Readonly<Record<string, (port: SerialPort) => Promise<unknown>[]>> = {
    idle: () => [],
    reading: (port) => [port.read(), port.readLine()],
    writing: (port) => [port.write(new Uint8Array(100_000))],
    draining: (port) => [port.write(new Uint8Array(2000)).then(() => port.drain())],
    'listening to the lines': (port) => {
      port.on('signals', () => {})
      return []
    },
  }

  for (const [state, begin] of Object.entries(states)) {
    test(`while ${state}`, async () => {
      const cable = addCable()
      const port = await open(cable.a)
      const pending = begin(port).map(codeOf)
      await sleep(50)
      const closing = once(port, 'close')
      const { ms } = await timed((removeCable(cable), within(10_000, closing)))
      assert.equal((await port.closed)?.code, 'DISCONNECTED')
      for (const code of await within(10_000, Promise.all(pending))) assert.equal(code, 'DISCONNECTED')
      assert.ok(ms < 5000, `${ms} ms`)
      assert.equal(await codeOf(port.write('x')), 'DISCONNECTED')
    })
  }
})
