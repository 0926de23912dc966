// A network that cuts, resets, delays and swallows, below both kinds of connection.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import type { SerialError, SerialOptions, SerialPort } from '../../src/index.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { FaultyNetwork } from '../support/faulty-network.ts'
import type { Fault } from '../support/faulty-network.ts'
import { createPair } from '../support/pair.ts'
import { TcpServer } from '../support/tcp.ts'
import { eventually, within } from '../support/wait.ts'
import { Served } from './served.ts'

const limit = { timeout: 100_000 }

/** What was promised to take so long (ms), on a machine that has other work to do. */
const soon = 8000

/** Until so much has come as a test needs. */
const patience = 30_000

/** More than the system's buffers hold on the way. */
const big = 40_000_000

/** A port behind such a network, and what has arrived at the far end. */
interface Rig {
  readonly network: FaultyNetwork
  readonly port: SerialPort
  readonly device: SerialPort
}

/** The far end of each scheme: where to connect, and a port that has there what is sent. */
const schemes = {
  async socket(use: (number: number, device: () => Promise<SerialPort>) => Promise<void>) {
    await using server = await TcpServer.listen()
    // The far end of the connection as a port of its own: a second connection, joined with the first.
    const device = async () => {
      const near = await server.accepted()
      const own = await open(server.url)
      const far = await server.accepted()
      near.pipe(far).pipe(near)
      return own
    }
    await use(server.port, device)
  },
  async rfc2217(use: (number: number, device: () => Promise<SerialPort>) => Promise<void>) {
    await using pair = await createPair()
    await using shared = await open(pair.a)
    await using served = await Served.begin(shared)
    await use(served.number, () => open(pair.b))
  },
}
type Scheme = keyof typeof schemes

function using(
  scheme: Scheme,
  query: string,
  options: SerialOptions,
  body: (rig: Rig) => Promise<void>,
): () => Promise<void> {
  return () =>
    schemes[scheme](async (number, device) => {
      await using network = await FaultyNetwork.to(number)
      await using port = await open(`${scheme}://127.0.0.1:${network.number}${query}`, options)
      await using far = await device()
      await body({ network, port, device: far })
    })
}

/** With so much arrived the system's buffers are full, and what follows goes piece by piece. */
const begun = 5_000_000

/** Reads all that comes and compares it. */
class Arrivals {
  readonly #stream: ByteStream
  readonly #reading: Promise<void>
  #isOver = false

  constructor(device: SerialPort, seed: number) {
    this.#stream = new ByteStream(seed)
    this.#reading = this.#read(device)
    this.#reading.catch(() => {})
  }

  async #read(device: SerialPort): Promise<void> {
    for (;;) {
      const chunk = await device.read({ timeout: 300 }).catch(() => Buffer.alloc(0))
      this.#stream.expect(chunk, 'at the far end')
      if (chunk.byteLength === 0 && this.#isOver) return
    }
  }

  get count(): number {
    return this.#stream.position
  }

  /** Reads on until so much has come, and then nothing for a while; resolves to how much it was. */
  async all(expected = 0): Promise<number> {
    await Promise.race([this.#reading, eventually('all has arrived', () => this.count >= expected, patience)])
    this.#isOver = true
    await this.#reading
    return this.count
  }
}

const broken = ['cut', 'reset'] as const satisfies readonly Fault[]

for (const scheme of Object.keys(schemes) as Scheme[]) {
  describe(`${scheme}:// on a network that breaks`, limit, () => {
    for (const fault of broken) {
      it(
        `is DISCONNECTED at once when it is ${fault}, also while nothing goes on`,
        using(scheme, '', {}, async ({ network, port }) => {
          await port.write('x')
          network.strike(fault)
          assert.equal((await within(soon, port.closed))?.code, 'DISCONNECTED')
          await rejectsWith('DISCONNECTED', port.read())
          await rejectsWith('DISCONNECTED', port.write('x'))
        }),
      )

      it(
        `is DISCONNECTED at once when it is ${fault} while it is read`,
        using(scheme, '', {}, async ({ device, network, port }) => {
          await device.write('before')
          assert.equal(String(await port.readExactly(6, { timeout: soon })), 'before')
          const reading = rejectsWith('DISCONNECTED', port.readExactly(1))
          await sleep(20)
          network.strike(fault)
          await within(soon, reading)
        }),
      )

      it(
        `is DISCONNECTED when it is ${fault} while it is written and drained, and nothing arrives twice`,
        using(scheme, '', {}, async ({ device, network, port }) => {
          const arrivals = new Arrivals(device, 31)
          const writing = rejectsWith('DISCONNECTED', port.write(new ByteStream(31).take(big)))
          const draining = rejectsWith('DISCONNECTED', port.drain())
          await eventually('it is on its way', () => arrivals.count > begun, patience)
          network.strike(fault)
          const { bytesTransferred = 0 } = await within(soon, writing)
          await within(soon, draining)
          const arrived = await arrivals.all()
          assert.ok(bytesTransferred < big, 'it was cut off')
          assert.ok(arrived <= bytesTransferred, `${arrived} arrived of ${bytesTransferred} that were told`)
        }),
      )
    }

    it(
      'that swallows everything: time-outs are kept, and what was counted is what arrives in the end',
      using(scheme, '?timeout=0.3', {}, async ({ device, network, port }) => {
        const data = new ByteStream(32).take(big)
        const arrivals = new Arrivals(device, 32)
        const stop = new AbortController()
        const writing = rejectsWith('ABORTED', port.write(data, { signal: stop.signal }))
        await eventually('it is on its way', () => arrivals.count > begun, patience)
        network.strike('stall')
        assert.equal((await port.read({ timeout: 50 })).byteLength, 0)
        stop.abort()
        let sent = (await within(soon, writing)).bytesTransferred ?? NaN
        assert.ok(sent > begun && sent < big)
        // The systems on the way find room for more now and then: a write comes when nothing of it goes.
        const late = async () => {
          const more = rejectsWith('TIMEOUT', port.write(data.subarray(sent), { timeout: 200 }))
          const { bytesTransferred = NaN } = await within(soon, more)
          sent += bytesTransferred
          return bytesTransferred === 0
        }
        await eventually('nothing goes any more', late, patience)
        await within(soon, rejectsWith('TIMEOUT', port.drain({ timeout: 50 })))
        network.recover()
        assert.equal(await arrivals.all(sent), sent)
        // What comes next follows what was counted: nothing was kept back, and nothing is said again.
        const rest = data.subarray(sent, sent + 100_000)
        await Promise.all([
          port.write(rest, { timeout: soon }),
          device.readExactly(rest.byteLength, { timeout: soon }).then((got) => assert.ok(got.equals(rest))),
        ])
      }),
    )

    it(
      'that is slow: everything arrives',
      using(scheme, '', {}, async ({ device, network, port }) => {
        network.delay = 20
        const [out, back] = [new ByteStream(33).take(500_000), new ByteStream(34).take(500_000)]
        const all = await Promise.all([
          device.readExactly(out.byteLength, { timeout: 20_000 }),
          port.readExactly(back.byteLength, { timeout: 20_000 }),
          port.write(out),
          device.write(back),
        ])
        assert.ok(all[0].equals(out) && all[1].equals(back))
      }),
    )

    it(
      'is opened again with reconnect: true; what had not gone is not sent by itself',
      using(scheme, '', { reconnect: true, baudRate: 19_200 }, async ({ network, port }) => {
        const lost = once(port, 'disconnect') as Promise<[SerialError]>
        const found = once(port, 'reconnect')
        const reading = rejectsWith('DISCONNECTED', port.read())
        network.strike('stall')
        const writing = rejectsWith('DISCONNECTED', port.write(new ByteStream(35).take(big)))
        await sleep(50)
        network.isStalled = false
        network.strike('reset')
        assert.equal((await within(soon, lost))[0].code, 'DISCONNECTED')
        await within(soon, Promise.all([reading, writing]))
        await within(soon, found)
        assert.equal(network.count, 2)
        assert.deepEqual([port.isOpen, port.isConnected, port.settings.baudRate], [true, true, 19_200])
        await port.write('x', { timeout: soon })
      }),
    )
  })
}

describe('rfc2217:// on a network that breaks', limit, () => {
  for (const fault of broken) {
    it(
      `is DISCONNECTED when it is ${fault} while settings, lines and purges are asked for`,
      using('rfc2217', '', {}, async ({ network, port }) => {
        network.delay = 200
        const asking = [
          port.reconfigure({ baudRate: 1200 }),
          port.setSignals({ dtr: true }),
          port.purge('input'),
          port.drain(),
        ].map((promise) => rejectsWith('DISCONNECTED', promise))
        await sleep(20)
        network.strike(fault)
        await within(soon, Promise.all(asking))
        assert.notEqual(port.settings.baudRate, 1200)
      }),
    )

    it(`is DISCONNECTED when it is ${fault} while it is opened`, async () => {
      await schemes.rfc2217(async (number) => {
        await using network = await FaultyNetwork.to(number)
        network.strike('stall')
        const opening = rejectsWith('DISCONNECTED', open(`rfc2217://127.0.0.1:${network.number}`))
        await eventually('it is connected', () => network.count === 1)
        network.strike(fault)
        await within(soon, opening)
      })
    })
  }

  it('that swallows everything is TIMEOUT when it is opened', async () => {
    await schemes.rfc2217(async (number) => {
      await using network = await FaultyNetwork.to(number)
      network.strike('stall')
      await within(soon, rejectsWith('TIMEOUT', open(`rfc2217://127.0.0.1:${network.number}?timeout=0.2`)))
    })
  })

  it(
    'that swallows everything is TIMEOUT, and late answers are not taken for others',
    using('rfc2217', '?timeout=0.3', {}, async ({ network, port }) => {
      network.strike('stall')
      const asking = [
        port.reconfigure({ baudRate: 1200 }),
        port.setSignals({ rts: true }),
        port.purge(),
        port.drain({ timeout: 300 }),
      ].map((promise) => rejectsWith('TIMEOUT', promise))
      await within(soon, Promise.all(asking))
      network.recover()
      await port.reconfigure({ baudRate: 2400 })
      assert.equal(port.settings.baudRate, 2400)
      await port.drain({ timeout: soon })
    }),
  )

  it(
    'that is slower than the bound: TIMEOUT each time, and right again when it is fast',
    using('rfc2217', '?timeout=0.2', {}, async ({ device, network, port }) => {
      network.delay = 250
      await rejectsWith('TIMEOUT', port.reconfigure({ baudRate: 1200 }))
      await rejectsWith('TIMEOUT', port.reconfigure({ baudRate: 4800 }))
      network.delay = 0
      await sleep(1000)
      await port.reconfigure({ baudRate: 57_600 })
      assert.equal(port.settings.baudRate, 57_600)
      await port.write('on')
      assert.equal(String(await device.readExactly(2, { timeout: soon })), 'on')
    }),
  )
})
