// counters() of the Windows port. Wine tells of no errors, and its pseudo-terminals have no lines, so both are played here;
// test/hardware-windows has lines and breaks.
import assert from 'node:assert/strict'
import { after, before, mock, suite, test } from 'node:test'
import { open, openSync } from '../../src/index.ts'
import type { Counters } from '../../src/index.ts'
import { kernel32 } from '../../src/native/win32/index.ts'
import { win32con } from '../../src/win32/index.ts'
import { addCable, needsLab, removeCable } from '../support/lab.ts'
import { names, needsPorts } from './com.ts'

const { CE_BREAK, CE_FRAME, CE_OVERRUN, CE_RXOVER, CE_RXPARITY } = win32con

/** Plays a driver that has had these errors when it is asked next, one after the other. */
function errorsFrom(flags: number[]) {
  kernel32.GetLastError()
  const original = kernel32.ClearCommError
  return mock.method(kernel32, 'ClearCommError', (handle: number, out: Uint8Array, stat: Uint8Array) => {
    const result = original(handle, out, stat)
    new DataView(out.buffer, out.byteOffset).setUint32(0, flags.shift() ?? 0, true)
    return result
  })
}

const errorsOf = ({ framing, parity, overrun, break: breaks }: Counters) => ({
  framing,
  parity,
  overrun,
  break: breaks,
})

suite('counters()', { skip: needsPorts }, () => {
  let lines: ReturnType<typeof mock.method> | undefined
  before(() => {
    kernel32.GetLastError()
    lines = mock.method(
      kernel32,
      'GetCommModemStatus',
      (_: number, out: Uint8Array) => out.fill(0).length / 4,
    )
  })
  after(() => lines?.mock.restore())

  test(
    'bytes both ways, and errors; no changes of lines where they are not told of',
    { skip: needsLab },
    async () => {
      // On the ports that all tests share, something of the last one may still arrive.
      const cable = addCable()
      const a = await open(cable.a)
      const b = await open(cable.b)
      await a.write('hello')
      await b.readExactly(5, { timeout: 10_000 })
      const none = { framing: 0, parity: 0, overrun: 0, break: 0 }
      assert.deepEqual(await a.counters(), { received: 0, sent: 5, ...none })
      assert.deepEqual(await b.counters(), { received: 5, sent: 0, ...none })
      await b.close()
      await assert.rejects(b.counters(), { code: 'PORT_NOT_OPEN' })
      await a.close()
      removeCable(cable)
    },
  )

  const flags = [CE_RXPARITY, CE_FRAME, CE_BREAK | CE_FRAME, CE_OVERRUN, CE_RXOVER | CE_RXPARITY]
  const counted = { framing: 1, parity: 2, overrun: 2, break: 1 }

  test('errors since the opening, whoever asked the driver', async () => {
    await using port = await open(names.a)
    const driver = errorsFrom([...flags])
    try {
      // Each asks the driver, which then forgets.
      for (let i = 1; i < flags.length; i++) assert.equal(port.bytesToWrite, 0)
      assert.deepEqual(errorsOf(await port.counters()), counted)
      assert.deepEqual(errorsOf(await port.counters()), counted)
    } finally {
      driver.mock.restore()
    }
  })

  test('are counted and reported', async () => {
    await using port = await open(names.a, { lineErrors: 'report' })
    await using peer = await open(names.b)
    const kinds: string[] = []
    port.on('lineError', ({ kind }) => kinds.push(kind))
    const driver = errorsFrom([CE_RXPARITY])
    try {
      await peer.write('x')
      await port.readExactly(1, { timeout: 10_000 })
      assert.equal((await port.counters()).parity, 1)
      assert.deepEqual(kinds, ['parity'])
    } finally {
      driver.mock.restore()
    }
  })

  test('of a blocking port', () => {
    using port = openSync(names.a)
    const driver = errorsFrom([...flags])
    try {
      for (let i = 1; i < flags.length; i++) assert.equal(port.bytesToRead, 0)
      assert.deepEqual(errorsOf(port.counters()), counted)
      port.write('abc')
      assert.equal(port.counters().sent, 3)
    } finally {
      driver.mock.restore()
    }
  })
})
