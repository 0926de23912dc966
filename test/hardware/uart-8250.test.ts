// The kernel's own driver for 16550s, on QEMU's: it has no pace and no line errors, but is what PCs have.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { list, open, openSync } from '../../src/index.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { needs } from './null-modem.ts'

const [a, b] = ['/dev/ttyS4', '/dev/ttyS5'] as const

suite('16550', { skip: needs('8250') }, () => {
  test('is listed', async () => {
    const paths = (await list()).map(({ path }) => path)
    assert.ok(paths.includes(a) && paths.includes(b), paths.join())
  })

  test('carries bytes both ways at once', async () => {
    const settings = { baudRate: 115_200, flowControl: 'hardware' } as const
    await using portA = await open(a, settings)
    await using portB = await open(b, settings)
    const total = 16_000
    const carry = async (from: typeof portA, to: typeof portA, seed: number) => {
      const writing = from.write(new ByteStream(seed).take(total))
      const expected = new ByteStream(seed)
      for (let left = total; left > 0;) {
        const chunk = await to.read(left, { timeout: 10_000 })
        assert.ok(chunk.length > 0, `${left} bytes did not come`)
        expected.expect(chunk, from.path)
        left -= chunk.length
      }
      await writing
      await from.drain({ timeout: 10_000 })
    }
    await Promise.all([carry(portA, portB, 1), carry(portB, portA, 2)])
  })

  test('blocking ports, too', () => {
    using portA = openSync(a, { baudRate: 115_200 })
    using portB = openSync(b, { baudRate: 115_200 })
    portA.write('hello')
    assert.equal(portB.readExactly(5, { timeout: 20_000 }).toString(), 'hello')
    portA.drain({ timeout: 20_000 })
    portA.setSignals({ dtr: false, rts: true })
    // QEMU's other end of the socket holds these.
    assert.equal(typeof portA.getSignals().cts, 'boolean')
  })

  test('takes every frame', async () => {
    await using port = await open(a)
    for (const dataBits of [5, 6, 7, 8] as const) {
      for (const parity of ['none', 'even', 'odd', 'mark', 'space'] as const) {
        await port.reconfigure({ dataBits, parity, stopBits: dataBits === 5 ? 1.5 : 2 })
      }
    }
  })

  test('refuses a speed that it has not', async () => {
    await assert.rejects(open(a, { baudRate: 250_000 }), {
      code: 'UNSUPPORTED',
      message: /it would make it \d+ bit/,
    })
  })
})
