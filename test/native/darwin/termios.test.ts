import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  encodeTermios,
  speedOf,
  standInSpeed,
  termiosSize,
  unsupportedSetting,
  withSpeed,
} from '../../../src/native/darwin/termios.ts'
import { resolveOptions } from '../../../src/settings.ts'
import type { LineSettings, SerialOptions } from '../../../src/settings.ts'

const blank = new Uint8Array(termiosSize)

const encode = (options: SerialOptions, found: Uint8Array = blank) =>
  encodeTermios(found, resolveOptions(options))

/** The flags and speeds, at the places and with the numbers of sys/termios.h. */
const longs = (termios: Uint8Array) =>
  [0, 8, 16, 24, 56, 64].map((offset) => Number(Buffer.from(termios).readBigUInt64LE(offset)))

function decode(termios: Uint8Array): Omit<LineSettings, 'baudRate'> {
  const [iflag = 0, , cflag = 0] = longs(termios)
  const dataBits = ([5, 6, 7, 8] as const)[(cflag & 0x300) / 0x100] ?? 8
  const parity = (cflag & 0x1000) === 0 ? 'none' : (cflag & 0x2000) === 0 ? 'even' : 'odd'
  const stopBits = (cflag & 0x400) === 0 ? 1 : dataBits === 5 ? 1.5 : 2
  const hardware = (cflag & 0x30000) === 0x30000
  const software = (iflag & 0x600) === 0x600
  return { dataBits, parity, stopBits, flowControl: hardware ? 'hardware' : software ? 'software' : 'none' }
}

const combinations = ([5, 6, 7, 8] as const).flatMap((dataBits) =>
  (['none', 'even', 'odd'] as const).flatMap((parity) =>
    ([1, dataBits === 5 ? 1.5 : 2] as const).flatMap((stopBits) =>
      (['none', 'hardware', 'software'] as const).map((flowControl) => ({
        dataBits,
        parity,
        stopBits,
        flowControl,
      })),
    ),
  ),
)

suite('struct termios of macOS', () => {
  test('each combination of line settings, there and back', () => {
    assert.equal(combinations.length, 4 * 3 * 2 * 3)
    for (const settings of combinations) assert.deepEqual(decode(encode(settings)), settings)
    assert.equal(new Set(combinations.map((settings) => encode(settings).join())).size, combinations.length)
  })

  test('nothing of what was set before changes the bytes that pass', () => {
    const termios = encode({}, new Uint8Array(termiosSize).fill(0xff))
    // CLOCAL, CREAD, CS8.
    assert.deepEqual(longs(termios), [0, 0, 0x8000 | 0x800 | 0x300, 0, standInSpeed, standInSpeed])
    // VSTART and VSTOP; VMIN and VTIME.
    assert.deepEqual([...termios.subarray(32 + 12, 32 + 14)], [0x11, 0x13])
    assert.deepEqual([...termios.subarray(32 + 16, 32 + 18)], [1, 0])
  })

  test('whatever is asked for, the speed is one that no driver refuses', () => {
    for (const baudRate of [300, 31_251, 115_200, 0xffffffff])
      assert.equal(speedOf(encode({ baudRate })), 9600)
  })

  test('a copy with another speed', () => {
    const found = new Uint8Array(termiosSize).fill(7)
    for (const speed of [0, 9600, 12_000_000, 0xffffffff]) {
      const changed = withSpeed(found, speed)
      assert.equal(speedOf(changed), speed)
      assert.deepEqual(longs(changed).slice(4), [speed, speed])
      assert.equal(changed.filter((byte) => byte === 7).byteLength, termiosSize - 16)
    }
    assert.ok(found.every((byte) => byte === 7))
  })

  test('line errors are marked, and a hang-up is left to the driver, only where asked for', () => {
    const [plain = 0, , control = 0] = longs(encode({}))
    const [marked = 0] = longs(encode({ lineErrors: 'report' }))
    assert.equal(marked ^ plain, 0x8 | 0x10)
    const [, , hangingUp = 0] = longs(encode({ hangupOnClose: true }))
    assert.equal(hangingUp ^ control, 0x4000)
  })

  test('what macOS has no way to say', () => {
    const unsupported = (options: SerialOptions) => unsupportedSetting(resolveOptions(options))
    assert.equal(unsupported({ parity: 'mark' }), 'parity mark')
    assert.equal(unsupported({ parity: 'space' }), 'parity space')
    assert.equal(unsupported({ rs485: {} }), 'rs485')
    for (const settings of combinations) assert.equal(unsupported(settings), undefined)
  })
})
