// A driver whose WaitCommEvent ends at once and tells of nothing: none of Wine's does, so the calls are played here.
import assert from 'node:assert/strict'
import { mock, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import type { InputSignals } from '../../src/index.ts'
import { kernel32 } from '../../src/native/win32/index.ts'
import { win32con } from '../../src/win32/index.ts'
import { eventually } from '../support/wait.ts'
import { names, needsPorts } from './com.ts'

/** Plays a driver with these lines, each of whose waits ends at once; says how many there were. */
function hastyDriver(lines: { now: number }) {
  // The first call of all looks the functions up, and would put them in the place of ours.
  kernel32.GetLastError()
  const status = mock.method(kernel32, 'GetCommModemStatus', (_: number, out: Uint8Array) => {
    new DataView(out.buffer).setUint32(0, lines.now, true)
    return 1
  })
  const mask = mock.method(kernel32, 'SetCommMask', () => 1)
  const wait = mock.method(
    kernel32,
    'WaitCommEvent',
    (_: number, _out: Uint8Array, overlapped: Uint8Array) => {
      const view = new DataView(overlapped.buffer, overlapped.byteOffset)
      view.setBigUint64(0, 0n, true)
      // Without its lowest bit, which is a note of ours.
      kernel32.SetEvent(Number(view.getBigInt64(24, true)) & ~1)
      return 1
    },
  )
  const restore = () => [status, mask, wait].forEach((one) => one.mock.restore())
  return { waits: () => wait.mock.callCount(), restore }
}

suite('a driver whose waits for events end at once', { skip: needsPorts }, () => {
  test('does not keep us busy, and changes are seen all the same', async () => {
    const lines = { now: 0 }
    const driver = hastyDriver(lines)
    try {
      await using port = await open(names.a)
      const seen: InputSignals[] = []
      port.on('signals', (now) => seen.push(now))
      const before = driver.waits()
      await sleep(500)
      const waits = driver.waits() - before
      assert.ok(waits > 2 && waits < 60, `${waits} waits in 500 ms`)
      assert.equal(seen.length, 0)
      lines.now = win32con.MS_CTS_ON
      await eventually('the change', () => seen.length > 0)
      assert.deepEqual(seen, [{ cts: true, dsr: false, dcd: false, ri: false }])
      port.removeAllListeners('signals')
      const ended = driver.waits()
      await sleep(100)
      assert.equal(driver.waits(), ended)
    } finally {
      driver.restore()
    }
  })

  test('a pause does not outlast the port', async () => {
    const driver = hastyDriver({ now: 0 })
    try {
      const port = await open(names.a)
      port.on('signals', () => {})
      await sleep(30)
      await port.close()
      const ended = driver.waits()
      await sleep(100)
      assert.equal(driver.waits(), ended)
    } finally {
      driver.restore()
    }
  })
})
