import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { open, openSync } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { createPair } from '../support/pair.ts'
import { Pseudo } from '../support/pseudo.ts'
import { eventually, timed, within } from '../support/wait.ts'

const limit = { timeout: 20_000 }
/** More than a pseudo-terminal takes while nobody reads it. */
const tooMuch = new ByteStream(1).take(1_000_000)

async function withStuck(body: (port: SerialPort, far: Pseudo) => Promise<void>): Promise<void> {
  using far = new Pseudo()
  await using port = await open(far.path)
  await within(15_000, body(port, far))
}

describe('a write to a device that takes nothing', () => {
  it('leaves the event loop free and ends when its time is up', limit, () =>
    withStuck(async (port) => {
      const ticks = [performance.now()]
      const ticking = setInterval(() => ticks.push(performance.now()), 5)
      const { ms, result } = await timed(() => rejectsWith('TIMEOUT', port.write(tooMuch, { timeout: 400 })))
      clearInterval(ticking)
      assert.ok(ticks.length >= 20, `only ${ticks.length} of some 80 ticks`)
      const longest = Math.max(...ticks.slice(1).map((tick, index) => tick - (ticks[index] ?? 0)))
      assert.ok(longest < 250, `the event loop stood still for ${longest} ms`)
      assert.ok(ms >= 390 && ms < 1500, `${ms} ms`)
      assert.equal(result.path, port.path)
      assert.match(result.message, /400 ms/)
    }),
  )

  it('costs no processor time while it waits', limit, () =>
    withStuck(async (port) => {
      const before = process.cpuUsage()
      await rejectsWith('TIMEOUT', port.write(tooMuch, { timeout: 500 }))
      const { system, user } = process.cpuUsage(before)
      assert.ok(system + user < 250_000, `${(system + user) / 1000} ms of processor time in 500 ms`)
    }),
  )

  it('counts exactly what arrives, and the next write follows on that', limit, () =>
    withStuck(async (port, far) => {
      for (let round = 0; round < 20; round++) {
        const { bytesTransferred } = await rejectsWith('TIMEOUT', port.write(tooMuch, { timeout: round }))
        const next = port.write('the next write', { timeout: 5000 })
        const expected = Buffer.concat([tooMuch.subarray(0, bytesTransferred), Buffer.from('the next write')])
        const whole = await far.takeAll(expected.byteLength, 40)
        assert.equal(await next, 14)
        assert.equal(whole.byteLength, expected.byteLength, `round ${round}`)
        assert.ok(whole.equals(expected), `round ${round}: other bytes arrived than were counted`)
      }
    }),
  )

  it('can be aborted, and counts as exactly', limit, () =>
    withStuck(async (port, far) => {
      const stop = new AbortController()
      const writing = port.write(tooMuch, { signal: stop.signal })
      setTimeout(() => stop.abort('enough'), 50)
      const error = await rejectsWith('ABORTED', writing)
      assert.equal(error.cause, 'enough')
      const expected = tooMuch.subarray(0, error.bytesTransferred)
      assert.ok((await far.takeAll(expected.byteLength)).equals(expected))
    }),
  )

  it('may have its data changed once it has given up', limit, () =>
    withStuck(async (port, far) => {
      const data = Buffer.from(tooMuch)
      const { bytesTransferred } = await rejectsWith('TIMEOUT', port.write(data, { timeout: 30 }))
      data.fill(0)
      const expected = tooMuch.subarray(0, bytesTransferred)
      assert.ok((await far.takeAll(expected.byteLength)).equals(expected))
    }),
  )

  it('lets the writes behind it have their turn, in order, and their own time-outs', limit, () =>
    withStuck(async (port, far) => {
      const first = rejectsWith('TIMEOUT', port.write(tooMuch, { timeout: 150 }))
      const impatient = rejectsWith('TIMEOUT', port.write('never sent', { timeout: 50 }))
      const second = port.write('second,')
      const third = port.write('third')
      assert.equal((await impatient).bytesTransferred, 0)
      const { bytesTransferred = 0 } = await first
      const arrived = await far.takeAll(bytesTransferred + 12)
      assert.deepEqual(await Promise.all([second, third]), [7, 5])
      assert.equal(arrived.subarray(bytesTransferred).toString(), 'second,third')
    }),
  )

  it('goes on as soon as there is room', limit, () =>
    withStuck(async (port, far) => {
      const writing = port.write(tooMuch)
      assert.ok((await far.takeAll(tooMuch.byteLength)).equals(tooMuch))
      assert.equal(await writing, tooMuch.byteLength)
    }),
  )

  it('holds a drain up, which can be bounded too', limit, () =>
    withStuck(async (port) => {
      const writing = rejectsWith('ABORTED', port.write(tooMuch))
      const stop = new AbortController()
      const draining = rejectsWith('ABORTED', port.drain({ signal: stop.signal }))
      await rejectsWith('TIMEOUT', port.drain({ timeout: 50 }))
      stop.abort()
      await draining
      await port.purge('output')
      await writing
    }),
  )

  it('ends when the port is closed, and does not hold that up for long', limit, () =>
    withStuck(async (port) => {
      const writing = rejectsWith('PORT_NOT_OPEN', port.write(tooMuch))
      const { ms } = await timed(port.close())
      assert.ok(ms < 3000, `closing took ${ms} ms`)
      const { bytesTransferred = 0 } = await writing
      assert.ok(bytesTransferred > 0 && bytesTransferred < tooMuch.byteLength, `${bytesTransferred}`)
    }),
  )

  it('ends at a purge, after which none of its bytes goes out', limit, () =>
    withStuck(async (port, far) => {
      for (let round = 0; round < 10; round++) {
        const writing = rejectsWith('ABORTED', port.write(tooMuch))
        // Its last byte waits in the event loop now.
        if (round % 2 === 0) await rejectsWith('TIMEOUT', port.drain({ timeout: 5 }))
        await port.purge('output')
        await writing
        await port.write('after')
        let arrived = Buffer.alloc(0)
        while (!arrived.subarray(-5).equals(Buffer.from('after')))
          arrived = Buffer.concat([arrived, await far.takeAll(1, 30)])
        const before = arrived.subarray(0, -5)
        // What the other side holds already is beyond recall; it is the beginning of the data, without a gap.
        assert.ok(
          before.equals(tooMuch.subarray(0, before.byteLength)),
          `round ${round}: a byte appeared after the purge`,
        )
      }
    }),
  )

  it('blocks a blocking port no longer than its time-out, and counts as exactly', limit, async () => {
    using far = new Pseudo()
    using port = openSync(far.path)
    let sent = 0
    // A cable may take a while to be full.
    for (let count = 1; count > 0; sent += count) {
      const begun = performance.now()
      const write = () => port.write(tooMuch.subarray(sent), { timeout: 100 })
      count = throwsWith('TIMEOUT', write).bytesTransferred ?? NaN
      assert.ok(performance.now() - begun < 3000)
    }
    assert.equal(throwsWith('TIMEOUT', () => port.write('more', { timeout: 0 })).bytesTransferred, 0)
    assert.ok((await far.takeAll(sent)).equals(tooMuch.subarray(0, sent)))
  })

  it('is no different for one of two joined ports whose reader is paused', limit, async () => {
    await using pair = await createPair()
    await using port = await open(pair.a)
    await using reader = await open(pair.b, { receiveBufferSize: 4096 })
    const { bytesTransferred = 0 } = await rejectsWith('TIMEOUT', port.write(tooMuch, { timeout: 200 }))
    assert.ok(bytesTransferred < tooMuch.byteLength)
    const got = await reader.readExactly(bytesTransferred, { timeout: 5000 })
    assert.ok(got.equals(tooMuch.subarray(0, bytesTransferred)))
    assert.equal(await port.write('next'), 4)
    assert.equal((await reader.readExactly(4, { timeout: 5000 })).toString(), 'next')
    await eventually('nothing is left to write', () => port.bytesToWrite === 0)
  })
})
