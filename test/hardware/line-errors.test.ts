// Breaks, and what is wrong with characters: told, and placed at the byte where it happened.
import assert from 'node:assert/strict'
import { closeSync, constants, openSync as openFile, writeSync } from 'node:fs'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, openSync } from '../../src/index.ts'
import type { LineError, SerialPort } from '../../src/index.ts'
import { seeded } from '../support/random.ts'
import type { Random } from '../support/random.ts'
import { eventually } from '../support/wait.ts'
import { cable, loseNext, needs, withEnds, withEndsSync } from './null-modem.ts'

const report = { lineErrors: 'report', baudRate: 115_200 } as const

function collect(port: SerialPort): LineError[] {
  const errors: LineError[] = []
  port.on('lineError', (error) => errors.push(error))
  return errors
}

/** Sends this, and resolves when the last bit has left. */
async function send(port: SerialPort, data: string | Uint8Array): Promise<void> {
  await port.write(data)
  await port.drain()
}

const odd = (value: number) => value.toString(2).replaceAll('0', '').length % 2 === 1

/** Bytes of which many are those that the marks in the stream are made of. */
function awkward(random: Random, count: number): Uint8Array {
  const likely = [0xff, 0x00, 0xff, 0x01, 0xfe, 0x7f]
  return Uint8Array.from({ length: count }, () => likely[random.between(0, 11)] ?? random.between(0, 255))
}

suite('breaks', { skip: needs('nm') }, () => {
  test('are placed where they were', async () => {
    await withEnds(report, async (a, b) => {
      const errors = collect(b)
      await send(a, 'abc')
      await a.sendBreak(20)
      await send(a, 'de')
      await a.sendBreak(1)
      await a.sendBreak(1)
      await send(a, Uint8Array.of(0, 0xff))
      const got = await b.readExactly(7, { timeout: 20_000 })
      assert.equal(got.toString('latin1'), 'abcde\0\u00ff')
      assert.deepEqual(errors, [
        { kind: 'break', offset: 3 },
        { kind: 'break', offset: 5 },
        { kind: 'break', offset: 5 },
      ])
    })
  })

  test('go both ways at once, from blocking ports too', async () => {
    await withEnds(report, async (a, b) => {
      const [atA, atB] = [collect(a), collect(b)]
      await Promise.all([a.sendBreak(30), b.sendBreak(30)])
      await eventually('a break at each end', () => atA.length === 1 && atB.length === 1)
      assert.deepEqual(
        [...atA, ...atB],
        [
          { kind: 'break', offset: 0 },
          { kind: 'break', offset: 0 },
        ],
      )
      await a.close()
      using blocking = openSync(cable.a, { baudRate: report.baudRate })
      blocking.sendBreak(10)
      await eventually('one more', () => atB.length === 2)
    })
  })

  test('last as long as setSignals says', async () => {
    await withEnds(report, async (a, b) => {
      const errors = collect(b)
      await a.setSignals({ break: true })
      await a.write('after')
      await eventually('the break', () => errors.length === 1)
      // Nothing can be sent while the line is held down.
      assert.equal((await b.read({ timeout: 100 })).length, 0)
      await a.setSignals({ break: false })
      assert.equal((await b.readExactly(5, { timeout: 20_000 })).toString(), 'after')
      assert.deepEqual(errors, [{ kind: 'break', offset: 0 }])
    })
  })

  test('end with the port', async () => {
    await withEnds(report, async (a, b) => {
      // While somebody else has the port open, closing it is not the driver's affair.
      const { O_NOCTTY, O_NONBLOCK, O_RDWR } = constants
      const other = openFile(cable.a, O_RDWR | O_NOCTTY | O_NONBLOCK)
      await a.setSignals({ break: true })
      await a.close()
      writeSync(other, 'clear')
      assert.equal((await b.readExactly(5, { timeout: 20_000 })).toString(), 'clear')
      closeSync(other)
    })
  })

  test('are a zero byte where nobody asked for reports', async () => {
    await withEnds({ baudRate: 115_200 }, async (a, b) => {
      const errors = collect(b)
      await send(a, 'x')
      await a.sendBreak(5)
      await send(a, 'y')
      assert.equal((await b.readExactly(3, { timeout: 20_000 })).toString('latin1'), 'x\0y')
      assert.deepEqual(errors, [])
    })
  })
})

suite('wrong characters', { skip: needs('nm') }, () => {
  test('parity errors, at each byte that has one and no other', () =>
    seeded(async (random) => {
      // With space parity the parity bit is 0, which is right for half of the values where even parity is expected.
      const data = awkward(random, 6000)
      const wrong = [...data.keys()].filter((at) => odd(data[at] ?? 0))
      await withEnds(
        { ...report, parity: 'space' },
        async (a, b) => {
          const errors = collect(b)
          const reading = b.readExactly(data.length, { timeout: 20_000 })
          for (let at = 0; at < data.length;) {
            const size = random.between(1, 900)
            await a.write(data.subarray(at, at + size))
            at += size
            if (random.once(3)) await sleep(random.between(0, 20))
          }
          assert.deepEqual(Uint8Array.from(await reading), data)
          assert.deepEqual(
            errors,
            wrong.map((offset) => ({ kind: 'parity', offset })),
          )
        },
        { ...report, parity: 'even' },
      )
    }))

  test('framing errors, at each byte that has one and no other', () =>
    seeded(async (random) => {
      // A parity bit stands where the receiver expects the stop bit.
      const data = awkward(random, 3000)
      const wrong = [...data.keys()].filter((at) => !odd(data[at] ?? 0))
      await withEnds(
        { ...report, parity: 'even' },
        async (a, b) => {
          const errors = collect(b)
          await a.write(data)
          assert.deepEqual(Uint8Array.from(await b.readExactly(data.length, { timeout: 20_000 })), data)
          assert.deepEqual(
            errors,
            wrong.map((offset) => ({ kind: 'framing', offset })),
          )
        },
        { ...report, parity: 'none' },
      )
    }))

  test('a break next to a parity error is still a break', async () => {
    await using b = await open(cable.b, { ...report, parity: 'even' })
    const errors = collect(b)
    // While this one blocks the thread, what it sends gathers, and is read in one piece.
    using a = openSync(cable.a, { baudRate: report.baudRate, parity: 'space' })
    for (let round = 0; round < 20; round++) {
      a.write(Uint8Array.of(1))
      a.drain()
      a.sendBreak(1)
      a.write(Uint8Array.of(0, 2))
      a.drain()
    }
    assert.equal((await b.readExactly(60, { timeout: 20_000 })).toString('hex'), '010002'.repeat(20))
    const expected = Array.from({ length: 20 }, (_, round) => [
      { kind: 'parity', offset: 3 * round },
      { kind: 'break', offset: 3 * round + 1 },
      { kind: 'parity', offset: 3 * round + 2 },
    ])
    assert.deepEqual(errors, expected.flat())
  })

  test('parity and framing errors in one stream: every place, and how many of each kind', () =>
    seeded(async (random) => {
      // Eight bits with even parity, taken for seven: the eighth bit is checked as the parity, and the parity bit as the
      // stop bit. So each character is wrong in one way or the other.
      const data = awkward(random, 2000)
      await withEnds(
        { ...report, parity: 'even' },
        async (a, b) => {
          const errors = collect(b)
          await a.write(data)
          const got = await b.readExactly(data.length, { timeout: 20_000 })
          assert.deepEqual(
            Uint8Array.from(got),
            data.map((value) => value & 0x7f),
          )
          assert.deepEqual(
            errors.map(({ offset }) => offset),
            [...data.keys()],
          )
          const parity = errors.filter(({ kind }) => kind === 'parity').length
          assert.equal(parity, data.filter((value) => odd(value)).length)
          assert.equal(errors.filter(({ kind }) => kind === 'framing').length, data.length - parity)
        },
        { ...report, parity: 'even', dataBits: 7 },
      )
    }))

  test('after a purge nothing is made of what was dropped', async () => {
    await withEnds(
      { ...report, parity: 'even' },
      async (a, b) => {
        const errors = collect(b)
        // Framing errors that nobody will read, and at once a parity error.
        using blocking = (await a.close(), openSync(cable.a, { baudRate: 115_200, parity: 'even' }))
        blocking.write(Uint8Array.of(0, 3, 5))
        blocking.drain()
        await b.purge('input')
        await b.reconfigure({ parity: 'even' })
        blocking.reconfigure({ parity: 'odd' })
        blocking.write(Uint8Array.of(0, 1))
        assert.equal((await b.readExactly(2, { timeout: 20_000 })).toString('hex'), '0001')
        assert.deepEqual(errors.slice(-2), [
          { kind: 'parity', offset: errors.at(-2)?.offset },
          { kind: 'parity', offset: (errors.at(-2)?.offset ?? 0) + 1 },
        ])
      },
      { ...report, parity: 'none' },
    )
  })

  test('the wrong speed is framing errors', async () => {
    await withEnds(
      { ...report, baudRate: 57_600 },
      async (a, b) => {
        const errors = collect(b)
        await send(a, Uint8Array.of(0, 0, 0))
        await eventually('three errors', () => errors.length === 3)
        assert.deepEqual(
          errors,
          [0, 1, 2].map((offset) => ({ kind: 'framing', offset })),
        )
      },
      { ...report, baudRate: 115_200 },
    )
  })

  test('an overrun is told, and only the lost bytes are missing', async () => {
    await withEnds(report, async (a, b) => {
      const errors = collect(b)
      await send(a, 'before ')
      assert.equal((await b.readExactly(7, { timeout: 20_000 })).toString(), 'before ')
      loseNext(cable.b, 4)
      await send(a, 'lostkept')
      assert.equal((await b.readExactly(4, { timeout: 20_000 })).toString(), 'kept')
      assert.ok(errors.length >= 1)
      for (const { kind, offset } of errors) {
        assert.equal(kind, 'overrun')
        assert.ok(offset >= 7 && offset <= 11, `at ${offset}`)
      }
    })
  })

  test('without reports wrong characters pass as they came', async () => {
    await withEnds(
      { baudRate: 115_200, parity: 'space' },
      async (a, b) => {
        const errors = collect(b)
        await send(a, Uint8Array.of(0, 1, 0xff, 3))
        assert.equal((await b.readExactly(4, { timeout: 20_000 })).toString('hex'), '0001ff03')
        assert.deepEqual(errors, [])
      },
      { baudRate: 115_200, parity: 'even' },
    )
  })

  test('a blocking port has no events, so it refuses to report', () => {
    assert.throws(() => openSync(cable.a, { lineErrors: 'report' }), { code: 'INVALID_OPTION' })
    withEndsSync({ parity: 'space' }, (a, b) => {
      a.write(Uint8Array.of(0xff, 0))
      assert.equal(b.readExactly(2, { timeout: 20_000 }).toString('hex'), 'ff00')
    })
  })
})
