// What opening finds, asks for and gives back, on a port that has hardware.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { list, open, openSync, SerialError } from '../../src/index.ts'
import type { SerialOptions } from '../../src/index.ts'
import { Child } from '../support/child.ts'
import { attributes, exclusions, free } from '../support/native.ts'
import { eventually } from '../support/wait.ts'
import { cable, driverFlags, idleSince, needs, withEnds } from './null-modem.ts'

/** How opening ends, asynchronous and blocking: the codes, or 'opened'. */
async function outcomes(path: string, options: SerialOptions = {}): Promise<string[]> {
  const codeOf = (error: unknown) => {
    assert.ok(error instanceof SerialError, String(error))
    assert.equal(error.path ?? path, path)
    return error.code
  }
  const first = await open(path, options).then(async (port) => {
    await port.close()
    return 'opened'
  }, codeOf)
  try {
    openSync(path, options).close()
    return [first, 'opened']
  } catch (error) {
    return [first, codeOf(error)]
  }
}

suite('opening', { skip: needs('nm') }, () => {
  test('a port node without hardware behind it', async () => {
    assert.deepEqual(await outcomes('/dev/ttyS1'), ['DISCONNECTED', 'DISCONNECTED'])
    await assert.rejects(open('/dev/ttyS1'), { errnoName: 'EIO', message: /no hardware behind it/ })
  })

  test('a port that was unplugged', async () => {
    cable.unplug()
    try {
      assert.deepEqual(await outcomes(cable.a), ['PORT_NOT_FOUND', 'PORT_NOT_FOUND'])
    } finally {
      await cable.plug()
    }
    assert.deepEqual(await outcomes(cable.a), ['opened', 'opened'])
  })

  test('list() has the cables, and no ports without hardware', async () => {
    const paths = (await list()).map(({ path }) => path)
    assert.ok(paths.includes(cable.a) && paths.includes(cable.b), paths.join())
    assert.ok(!paths.includes('/dev/ttyS1'), paths.join())
  })

  test('what is open for exclusive use is PORT_BUSY, here and in another process', async () => {
    await using port = await open(cable.a)
    assert.deepEqual(exclusions(cable.a), { exclusive: true, lock: 'exclusive' })
    assert.deepEqual(await outcomes(cable.a), ['PORT_BUSY', 'PORT_BUSY'])
    await using other = new Child('port-holder', cable.b)
    assert.equal(await other.line(), 'open')
    assert.deepEqual(await outcomes(cable.b), ['PORT_BUSY', 'PORT_BUSY'])
    assert.deepEqual(await outcomes(cable.b, { exclusive: false }), ['PORT_BUSY', 'PORT_BUSY'])
    await other.kill()
    assert.deepEqual(await outcomes(cable.b), ['opened', 'opened'])
    assert.deepEqual(exclusions(cable.b), free)
    assert.equal(port.isOpen, true)
  })

  test('what is shared can be opened by who shares', async () => {
    await using port = await open(cable.a, { exclusive: false })
    assert.deepEqual(await outcomes(cable.a, { exclusive: false }), ['opened', 'opened'])
    assert.deepEqual(await outcomes(cable.a), ['PORT_BUSY', 'PORT_BUSY'])
    assert.equal(port.isOpen, true)
  })

  test('settings are put back where asked for', async () => {
    const found = {
      baudRate: 1200,
      dataBits: 7,
      parity: 'odd',
      stopBits: 2,
      flowControl: 'software',
    } as const
    await (await open(cable.a, found)).close()
    const before = attributes(cable.a)
    const other = { baudRate: 57_600, parity: 'mark', flowControl: 'hardware' } as const
    await (await open(cable.a, { ...other, restoreSettingsOnClose: true })).close()
    assert.equal(attributes(cable.a), before)
    openSync(cable.a, { ...other, restoreSettingsOnClose: true }).close()
    assert.equal(attributes(cable.a), before)
    await (await open(cable.a, other)).close()
    assert.notEqual(attributes(cable.a), before)
  })

  test('what a failed opening had set is put back', async () => {
    await (await open(cable.a, { baudRate: 1200, dataBits: 7 })).close()
    const before = attributes(cable.a)
    assert.deepEqual(await outcomes(cable.a, { baudRate: 3_893_000 }), ['UNSUPPORTED', 'UNSUPPORTED'])
    assert.equal(attributes(cable.a), before)
    assert.deepEqual(exclusions(cable.a), free)
  })

  test('lowLatency is the flag of the driver', async () => {
    const ASYNC_LOW_LATENCY = 0x2000
    for (const lowLatency of [true, false, true, false]) {
      await using port = await open(cable.a, { lowLatency })
      assert.equal((driverFlags(port.path) & ASYNC_LOW_LATENCY) !== 0, lowLatency)
    }
  })
})

suite('RS-485', { skip: needs('nm') }, () => {
  const off = { rs485: { enabled: false } }

  for (const polarity of [true, false]) {
    test(`RTS is ${polarity ? 'on' : 'off'} while sending, and only then`, async () => {
      const rs485 = { rtsOnSend: polarity, rtsAfterSend: !polarity, delayAfterSend: 20 }
      await withEnds(
        { rs485 },
        async (a, b) => {
          let sending = false
          const look = async () => {
            sending = (await b.getSignals()).cts === polarity
          }
          await look()
          assert.equal(sending, false)
          await a.write('x'.repeat(500))
          await b.read()
          await look()
          assert.equal(sending, true)
          // The UART is still at it: so many characters take half a second.
          await eventually('RTS is released', () => (void look(), !sending))
          const sinceLastBit = Number(process.hrtime.bigint() - idleSince(cable.a)) / 1e6
          assert.ok(sinceLastBit >= 20, `after ${sinceLastBit} ms`)
          await a.reconfigure(off)
        },
        {},
      )
    })
  }

  test('what the driver lacks is UNSUPPORTED', async () => {
    await using a = await open(cable.a)
    for (const rs485 of [{ receiveDuringSend: true }, { terminate: true }]) {
      await assert.rejects(a.reconfigure({ rs485 }), { code: 'UNSUPPORTED', message: /rs485/ })
    }
    await a.reconfigure(off)
  })
})
