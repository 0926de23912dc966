// Data bits, parity, stop bits and speeds, seen from the other end of the wire.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { open, openSync, SerialError } from '../../src/index.ts'
import type { DataBits, Parity, StopBits } from '../../src/index.ts'
import { attributes } from '../support/native.ts'
import { cable, idleSince, needs, withEnds, withEndsSync } from './null-modem.ts'

const parities: readonly Parity[] = ['none', 'even', 'odd', 'mark', 'space']
const sizes: readonly DataBits[] = [5, 6, 7, 8]

interface Frame {
  readonly dataBits: DataBits
  readonly parity: Parity
  readonly stopBits: StopBits
}

const frames: readonly Frame[] = sizes.flatMap((dataBits) =>
  parities.flatMap((parity) => {
    const longer = dataBits === 5 ? 1.5 : 2
    return ([1, longer] as const).map((stopBits) => ({ dataBits, parity, stopBits }))
  }),
)

const every = (dataBits: number) => Uint8Array.from({ length: 2 ** dataBits }, (_, value) => value)

function parityBit(value: number, parity: Parity): number {
  const ones = value.toString(2).replaceAll('0', '').length
  return { none: 1, even: ones % 2, odd: 1 - (ones % 2), mark: 1, space: 0 }[parity]
}

const baudRate = 460_800

/** A rate that the driver does not take, and the error for it. */
function refusal(call: () => unknown): SerialError {
  try {
    call()
  } catch (error) {
    if (error instanceof SerialError) return error
    throw error
  }
  return assert.fail('taken')
}

suite('frames', { skip: needs('nm') }, () => {
  test('every number of data bits, with every parity and stop bit, carries every value', async () => {
    await withEnds({ baudRate }, async (a, b) => {
      for (const frame of frames) {
        await Promise.all([a.reconfigure(frame), b.reconfigure(frame)])
        const { dataBits, parity, stopBits } = a.settings
        assert.deepEqual({ dataBits, parity, stopBits }, frame)
        const values = every(dataBits)
        await a.write(values)
        assert.deepEqual(
          Uint8Array.from(await b.readExactly(values.length, { timeout: 20_000 })),
          values,
          JSON.stringify(frame),
        )
      }
    })
  })

  test('the same for blocking ports', () => {
    for (const frame of frames.filter(({ dataBits }) => dataBits !== 6)) {
      withEndsSync({ baudRate, ...frame }, (a, b) => {
        const values = every(frame.dataBits)
        a.write(values)
        assert.deepEqual(Uint8Array.from(b.readExactly(values.length, { timeout: 20_000 })), values)
      })
    }
  })

  test('the parity bit is on the wire: with one data bit more and no parity, it is seen', async () => {
    await withEnds({ baudRate }, async (a, b) => {
      for (const dataBits of [5, 6, 7] as const) {
        await b.reconfigure({ dataBits: (dataBits + 1) as DataBits, parity: 'none' })
        for (const parity of parities) {
          await a.reconfigure({ dataBits, parity })
          const values = every(dataBits)
          await a.write(values)
          const got = await b.readExactly(values.length, { timeout: 20_000 })
          const expected = values.map((value) => value | (parityBit(value, parity) << dataBits))
          assert.deepEqual(Uint8Array.from(got), expected, `${dataBits} ${parity}`)
        }
      }
    })
  })

  test('stop bits take their time', async () => {
    const count = 60
    for (const [stopBits, bits] of [
      [1, 10],
      [2, 11],
    ] as const) {
      const atLeast = (count * bits * 1000) / 9600
      const times: number[] = []
      await withEnds({ baudRate: 9600, stopBits }, async (a) => {
        for (let round = 0; round < 4; round++) {
          const began = process.hrtime.bigint()
          await a.write(new Uint8Array(count))
          await a.drain()
          times.push(Number(idleSince(cable.a) - began) / 1e6)
        }
      })
      const shortest = Math.min(...times)
      assert.ok(shortest >= atLeast, `${stopBits} stop bits: ${shortest} ms, less than ${atLeast}`)
      // The next longer frame would take a tenth more.
      assert.ok(shortest < atLeast * 1.09, `${stopBits} stop bits: ${shortest} ms, more than ${atLeast}`)
    }
  })
})

suite('speeds', { skip: needs('nm') }, () => {
  test('any rate that the chip can make, odd ones too', async () => {
    await withEnds({}, async (a, b) => {
      for (const rate of [50, 300, 1200, 12_345, 31_250, 74_880, 250_000, 1_500_000, 4_000_000]) {
        await Promise.all([a.reconfigure({ baudRate: rate }), b.reconfigure({ baudRate: rate })])
        assert.ok(Math.abs(a.settings.baudRate - rate) <= rate * 0.025)
        await Promise.all([a.write('ping'.slice(0, rate / 50)), b.write('pong'.slice(0, rate / 50))])
        const size = Math.min(4, rate / 50)
        assert.equal(
          (await b.readExactly(size, { timeout: 20_000 })).toString(),
          'ping'.slice(0, size),
          `${rate}`,
        )
        assert.equal(
          (await a.readExactly(size, { timeout: 20_000 })).toString(),
          'pong'.slice(0, size),
          `${rate}`,
        )
      }
    })
  })

  test('settings tell the rate that the chip makes', async () => {
    // 72 MHz divided by 21.
    await using port = await open(cable.a, { baudRate: 3_450_000 })
    assert.equal(port.settings.baudRate, 3_428_571)
  })

  test('a rate that it is off from is UNSUPPORTED, naming what it offers', async () => {
    const error = refusal(() => openSync(cable.a, { baudRate: 3_893_000 }))
    assert.equal(error.code, 'UNSUPPORTED')
    assert.match(error.message, /baudRate 3893000; it would make it 4000000 bit\/s/)
    assert.equal(refusal(() => openSync(cable.a, { baudRate: 5_000_000 })).code, 'UNSUPPORTED')
  })

  test('and changes nothing', async () => {
    await withEnds({ baudRate: 57_600, dataBits: 7 }, async (a, b) => {
      const before = attributes(cable.a)
      await assert.rejects(a.reconfigure({ baudRate: 3_893_000, dataBits: 8 }), { code: 'UNSUPPORTED' })
      assert.equal(attributes(cable.a), before)
      assert.deepEqual([a.settings.baudRate, a.settings.dataBits], [57_600, 7])
      await a.write('still')
      assert.equal((await b.readExactly(5, { timeout: 20_000 })).toString(), 'still')
    })
  })
})
