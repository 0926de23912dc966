// Every kind of USB adapter, with the kernel's own driver for it: what it is, what it carries, its lines and its errors.
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { list, open, openSync } from '../../src/index.ts'
import type { InputSignals, LineError, Parity, SerialOptions } from '../../src/index.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { eventually, timed, within } from '../support/wait.ts'
import { needs } from './null-modem.ts'
import { chipNames, profiles } from './usb-chips.ts'
import { UsbRig } from './usb-rig.ts'
import type { Adapter, ChipName } from './usb-rig.ts'

const levels = [true, false].flatMap((dtr) => [true, false].map((rts) => ({ dtr, rts })))
const parities: readonly Parity[] = ['none', 'even', 'odd', 'mark', 'space']
const quiet: InputSignals = { cts: false, dsr: false, dcd: false, ri: false }
const kinds = ['parity', 'framing', 'overrun', 'break'] as const

let rig: UsbRig

suite('USB adapters', { skip: needs('usb') }, () => {
  before(() => {
    rig = new UsbRig()
  })
  after(() => rig[Symbol.asyncDispose]())
  for (const chip of chipNames) suite(chip, () => trials(chip))
})

function trials(chip: ChipName): void {
  const profile = profiles[chip]
  let adapter: Adapter
  const openPort = (options: SerialOptions = {}) => open(adapter.path, { baudRate: 115_200, ...options })

  before(async () => {
    adapter = await rig.make(chip)
    await adapter.plug()
  })
  after(() => adapter.unplug())

  test('list() tells what it is and where it is', async () => {
    const found = (await list()).filter(({ path }) => path === adapter.path)
    assert.deepEqual(found, [{ path: adapter.path, kind: 'usb', location: '1-1', ...profile.facts }])
  })

  test(`${Math.round(profile.amount / 1024)} KB go both ways at once`, async () => {
    await using port = await openPort()
    const carry = new ByteStream(1)
    const received = adapter.far.receive(profile.amount)
    const sent = adapter.far.send(new ByteStream(2).take(profile.amount))
    const writing = port.write(new ByteStream(1).take(profile.amount))
    const expected = new ByteStream(2)
    while (expected.position < profile.amount) {
      const chunk = await port.read({ timeout: 20_000 })
      assert.ok(chunk.length > 0, `no more after ${expected.position} bytes`)
      expected.expect(chunk, 'from the adapter')
    }
    await Promise.all([sent, writing])
    carry.expect(await received, 'to the adapter')
    await port.drain({ timeout: 20_000 })
  })

  test('a blocking port, too', async () => {
    await adapter.far.echo(true)
    using port = openSync(adapter.path, { baudRate: 115_200 })
    port.write('hello')
    assert.equal(port.readExactly(5, { timeout: 20_000 }).toString(), 'hello')
    port.drain({ timeout: 20_000 })
    await adapter.far.echo(false)
  })

  test('DTR and RTS', async () => {
    await using port = await openPort()
    for (const outputs of levels) {
      await port.setSignals(outputs)
      assert.deepEqual((await adapter.far.state()).outputs, outputs)
    }
    await port.setSignals({ dtr: true })
    assert.deepEqual((await adapter.far.state()).outputs, { dtr: true, rts: false })
  })

  test('opening with DTR and RTS off is one pulse, as short as can be', async () => {
    // So that some drivers, which begin with the levels they had last, begin with these.
    openSync(adapter.path, { dtr: false, rts: false }).close()
    for (const blocking of [false, true]) {
      const options = { baudRate: blocking ? 9600 : 57_600, dtr: false, rts: false }
      await adapter.far.sights()
      if (blocking) openSync(adapter.path, options).close()
      else await (await open(adapter.path, options)).close()
      const seen = (await adapter.far.sights()).flatMap(({ outputs, requests }) =>
        outputs === undefined ? [] : [{ up: outputs.dtr || outputs.rts, requests }],
      )
      const edges = seen.filter(({ up }, at) => up !== (seen[at - 1]?.up ?? false))
      assert.deepEqual(
        edges.map(({ up }) => up),
        [true, false],
      )
      const [raised, dropped] = edges.map(({ requests }) => requests)
      const lasted = (dropped ?? NaN) - (raised ?? NaN)
      // A blocking port opens the device twice, and another one three times.
      assert.ok(lasted <= profile.pulse - (blocking ? 1 : 0), `${lasted} requests`)
      assert.deepEqual((await adapter.far.state()).outputs, { dtr: false, rts: false })
    }
  })

  test('opening with them on, or as they are, never takes them down', async () => {
    await (await openPort({ dtr: true, rts: true })).close()
    for (const options of [{}, { dtr: true, rts: true }, { dtr: true }]) {
      await adapter.far.sights()
      await (await openPort({ ...options, baudRate: 19_200 })).close()
      for (const { outputs } of await adapter.far.sights()) {
        if (outputs !== undefined) assert.deepEqual(outputs, { dtr: true, rts: true })
      }
    }
  })

  test('each line that comes in is read and told of', async () => {
    await adapter.far.setInputs(quiet)
    await using port = await openPort()
    let told: InputSignals | undefined
    port.on('signals', (now) => (told = now))
    // What the driver says of a line that this kind of device has not.
    const fixed = profile.inputs.includes('cts') ? {} : { cts: true }
    for (const name of profile.inputs) {
      for (const on of [true, false]) {
        await adapter.far.setInputs({ [name]: on })
        const expected = { ...quiet, ...fixed, [name]: on }
        await eventually(`${name} ${on}`, () => told?.[name] === on)
        assert.deepEqual(told, expected)
        assert.deepEqual(await port.getSignals(), expected)
      }
    }
  })

  test('counters() has the changes that the driver counts', async () => {
    await using port = await openPort()
    const { counted } = profile
    if (counted === undefined) {
      await assert.rejects(port.counters(), { code: 'UNSUPPORTED' })
      return
    }
    const earlier = await port.counters()
    for (const name of counted) {
      for (let round = 0; round < 3; round++) {
        for (const on of [true, false]) await adapter.far.setInputs({ [name]: on })
      }
    }
    const settled = async () => {
      const now = await port.counters()
      return counted.every((name) => (now[name] ?? 0) - (earlier[name] ?? 0) === 6)
    }
    const looking = async () => {
      while (!(await settled())) await sleep(5)
    }
    await within(20_000, looking())
  })

  test('a break goes out, and ends', async () => {
    await using port = await openPort()
    await adapter.far.sights()
    await port.sendBreak(30)
    const seen = (await adapter.far.sights()).filter((sight) => sight.break !== undefined)
    assert.deepEqual(
      seen.map((sight) => sight.break),
      [true, false],
    )
    const [begun, ended] = seen.map(({ at }) => Number(at) / 1e6)
    assert.ok((ended ?? 0) - (begun ?? 0) >= 25, `${(ended ?? 0) - (begun ?? 0)} ms`)
  })

  test('errors are told where they were', async () => {
    await using port = await openPort({ lineErrors: 'report', parity: 'even' })
    const told: LineError[] = []
    port.on('lineError', (error) => told.push(error))
    let offset = 0
    const expected: LineError[] = []
    for (const kind of kinds) {
      await adapter.far.send(Uint8Array.of(0xff, 0, 0x1e))
      await adapter.far.sendError(kind, kind === 'break' ? 0 : 0x80)
      await adapter.far.send(Uint8Array.of(0x1e, 0xff))
      const as = profile.errors[kind]
      if (as !== undefined) expected.push({ kind: as, offset: offset + 3 })
      // The zero byte that a break is, where nothing tells it from one.
      const bad = kind !== 'break' ? [0x80] : as === undefined ? [0] : []
      const bytes = Buffer.from([0xff, 0, 0x1e, ...bad, 0x1e, 0xff])
      assert.equal(
        (await port.readExactly(bytes.length, { timeout: 20_000 })).toString('hex'),
        bytes.toString('hex'),
      )
      offset += bytes.length
    }
    await sleep(20)
    // An overrun leaves no mark: it is told at the end of what was read with it.
    const placed = told.map((error) => {
      const { offset: at } = expected.find(({ kind }) => kind === 'overrun') ?? error
      return error.kind === 'overrun' && error.offset >= at && error.offset <= at + 3
        ? { ...error, offset: at }
        : error
    })
    assert.deepEqual(placed, expected)
  })

  test('the rates that it takes', async () => {
    await using port = await openPort()
    for (const rate of profile.rates) {
      await port.reconfigure({ baudRate: rate })
      const { baudRate } = (await adapter.far.state()).line
      assert.ok(Math.abs(baudRate - rate) <= rate * 0.025, `${rate}: the chip makes it ${baudRate}`)
      assert.ok(Math.abs(port.settings.baudRate - rate) <= rate * 0.025)
    }
  })

  test('a rate that it does not take is UNSUPPORTED, naming what it would make of it', async () => {
    await using port = await openPort()
    for (const [rate, instead] of Object.entries(profile.refused)) {
      const message = new RegExp(`baudRate ${rate}; it would make it ${instead} bit/s`)
      await assert.rejects(port.reconfigure({ baudRate: Number(rate) }), { code: 'UNSUPPORTED', message })
      assert.equal(port.settings.baudRate, 115_200)
    }
    const { baudRate } = (await adapter.far.state()).line
    assert.ok(Math.abs(baudRate - 115_200) < 1000, `${baudRate}`)
  })

  test('data bits, parity and stop bits are those of the chip', async () => {
    await using port = await openPort()
    for (const dataBits of [5, 6, 7, 8] as const) {
      if (!profile.dataBits.includes(dataBits)) {
        await assert.rejects(port.reconfigure({ dataBits }), { code: 'UNSUPPORTED', message: /dataBits/ })
        continue
      }
      for (const parity of parities) {
        for (const stopBits of [1, dataBits === 5 ? 1.5 : 2] as const) {
          await port.reconfigure({ dataBits, parity, stopBits })
          // Drivers say 2 for the longer stop bit, and chips make it 1.5 with five data bits.
          const { baudRate: _, ...frame } = (await adapter.far.state()).line
          assert.deepEqual(
            { ...frame, stopBits: Math.ceil(frame.stopBits) },
            { dataBits, parity, stopBits: Math.ceil(stopBits) },
          )
        }
      }
    }
  })

  test('drain() waits for what the adapter has not taken', async () => {
    await using port = await openPort()
    await adapter.far.hold(true)
    await port.write('x'.repeat(100))
    let drained = false
    const draining = port.drain({ timeout: 20_000 }).then(() => (drained = true))
    await sleep(100)
    assert.equal(drained, false)
    // Some drivers count whole buffers.
    assert.ok(port.bytesToWrite >= 100)
    await adapter.far.hold(false)
    await draining
    assert.equal(port.bytesToWrite, 0)
    assert.equal((await adapter.far.receive(100)).length, 100)
  })

  test('drain() waits for what the adapter has taken and not sent', async () => {
    const [baudRate, count] = profile.hasLine ? [2400, 60] : [300, 60]
    await using port = await openPort({ baudRate })
    const { ms } = await timed(() =>
      port.write('x'.repeat(count)).then(() => port.drain({ timeout: 20_000 })),
    )
    // A character has 10 bits.
    if (profile.hasLine) assert.ok(ms >= 249, `${ms} ms`)
    else assert.ok(ms < 1500, `${ms} ms`)
    await adapter.far.receive(count)
  })

  if (chip === 'ft232r') {
    test('and for what the chip says of its transmitter', async () => {
      await using port = await openPort()
      await adapter.far.setTransmitterEmpty(false)
      let drained = false
      const draining = port.write('x').then(async () => {
        await port.drain({ timeout: 20_000 })
        drained = true
      })
      await adapter.far.receive(1)
      await sleep(100)
      assert.equal(drained, false)
      await adapter.far.setTransmitterEmpty(true)
      await draining
    })
  }

  test('closing lets the event loop go on, also where the kernel takes its time', async () => {
    // The slower the line, the longer the driver of PL2303 waits.
    const port = await openPort({ baudRate: 300 })
    let [longest, last] = [0, performance.now()]
    const look = () => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }
    const ticks = setInterval(look, 5)
    await port.close()
    look()
    clearInterval(ticks)
    assert.ok(longest < 1000, `${longest} ms`)
  })
}
