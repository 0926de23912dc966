import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { encodeTermios, refusedSetting, speedOf, termios2Size } from '../../../src/native/linux/termios.ts'
import { resolveOptions } from '../../../src/settings.ts'
import type { LineSettings, SerialOptions } from '../../../src/settings.ts'

const blank = new Uint8Array(termios2Size)

const encode = (options: SerialOptions, found: Uint8Array = blank) =>
  encodeTermios(found, resolveOptions(options))

const words = (termios: Uint8Array) => new Uint32Array(termios.slice().buffer)

/** Reads the settings back, by the octal numbers in asm-generic/termbits.h. */
function decode(termios: Uint8Array): LineSettings {
  const [iflag = 0, , cflag = 0] = words(termios)
  const dataBits = ([5, 6, 7, 8] as const)[(cflag & 0o60) / 0o20] ?? 8
  const odd = (cflag & 0o1000) !== 0
  const stick = (cflag & 0o10000000000) !== 0
  const parity = (cflag & 0o400) === 0 ? 'none' : stick ? (odd ? 'mark' : 'space') : odd ? 'odd' : 'even'
  const longStop = (cflag & 0o100) !== 0
  const stopBits = longStop ? (dataBits === 5 ? 1.5 : 2) : 1
  // CRTSCTS is the topmost bit, where & gives a negative number.
  const hardware = (cflag & 0o20000000000) !== 0
  const software = (iflag & (0o2000 | 0o10000)) === (0o2000 | 0o10000)
  const flowControl = hardware ? 'hardware' : software ? 'software' : 'none'
  return { baudRate: speedOf(termios), dataBits, parity, stopBits, flowControl }
}

const combinations = ([5, 6, 7, 8] as const).flatMap((dataBits) =>
  (['none', 'even', 'odd', 'mark', 'space'] as const).flatMap((parity) =>
    ([1, dataBits === 5 ? 1.5 : 2] as const).flatMap((stopBits) =>
      (['none', 'hardware', 'software'] as const).map((flowControl): LineSettings => {
        return { baudRate: 115_200, dataBits, parity, stopBits, flowControl }
      }),
    ),
  ),
)

suite('struct termios2', () => {
  test('each combination of line settings, there and back', () => {
    assert.equal(combinations.length, 4 * 5 * 2 * 3)
    for (const settings of combinations) assert.deepEqual(decode(encode(settings)), settings)
    // All differ in what the driver sees.
    assert.equal(new Set(combinations.map((settings) => encode(settings).join())).size, combinations.length)
  })

  test('speeds are plain numbers, up to the largest', () => {
    for (const baudRate of [1, 50, 9600, 74_880, 250_000, 921_600, 12_000_000, 0xffffffff]) {
      const [, , cflag = 0, , , , , , , ispeed, ospeed] = words(encode({ baudRate }))
      assert.deepEqual([ispeed, ospeed], [baudRate, baudRate])
      // BOTHER for the output, and nothing for the input: it follows.
      assert.equal(cflag & 0o10017, 0o10000)
      assert.equal(cflag & 0o2003600000, 0)
    }
  })

  test('nothing of what was set before changes the bytes that pass', () => {
    const termios = encode({}, new Uint8Array(termios2Size).fill(0xff))
    const [iflag, oflag, cflag, lflag] = words(termios)
    assert.deepEqual([iflag, oflag, lflag], [0, 0, 0])
    // BOTHER, CLOCAL, CREAD, CS8.
    assert.equal(cflag, 0o10000 | 0o4000 | 0o200 | 0o60)
    // VTIME, VMIN; VSTART, VSTOP.
    assert.deepEqual([...termios.subarray(17 + 5, 17 + 7)], [0, 1])
    assert.deepEqual([...termios.subarray(17 + 8, 17 + 10)], [0x11, 0x13])
  })

  test('what was found is left as it is', () => {
    const found = new Uint8Array(termios2Size).fill(7)
    encode({ baudRate: 300, parity: 'even' }, found)
    assert.ok(found.every((byte) => byte === 7))
  })

  test('line errors are marked, and a hang-up is left to the driver, only where asked for', () => {
    const flags = (options: SerialOptions) => [...words(encode(options)).subarray(0, 3)]
    const [plain = 0, , control = 0] = flags({})
    const [marked = 0] = flags({ lineErrors: 'report' })
    assert.equal(marked ^ plain, 0o10 | 0o20)
    const [, , hangingUp = 0] = flags({ hangupOnClose: true })
    assert.equal(hangingUp ^ control, 0o2000)
  })

  test('a buffer that is part of a larger one', () => {
    const large = new Uint8Array(100)
    const termios = encode({ baudRate: 4800 }, large.subarray(4, 4 + termios2Size))
    assert.equal(speedOf(termios), 4800)
    large.set(termios, 8)
    assert.equal(speedOf(large.subarray(8, 8 + termios2Size)), 4800)
  })
})

suite('what the driver did not take', () => {
  const asked = {
    baudRate: 115_200,
    dataBits: 7,
    parity: 'even',
    stopBits: 2,
    flowControl: 'hardware',
  } as const

  test('nothing, when all is as asked', () => {
    for (const settings of combinations)
      assert.equal(refusedSetting(encode(settings), encode(settings)), undefined)
  })

  for (const [name, taken] of [
    ['dataBits', { dataBits: 8 }],
    ['parity', { parity: 'none' }],
    ['parity', { parity: 'odd' }],
    ['parity', { parity: 'space' }],
    ['stopBits', { stopBits: 1 }],
    ['flowControl', { flowControl: 'none' }],
    ['baudRate', { baudRate: 9600 }],
  ] as const) {
    test(`${name}, when it says ${JSON.stringify(taken)}`, () => {
      assert.equal(refusedSetting(encode(asked), encode({ ...asked, ...taken })), name)
    })
  }

  test('a speed within 2.5 % will do', () => {
    const at = (baudRate: number) => refusedSetting(encode({ baudRate: 100_000 }), encode({ baudRate }))
    assert.deepEqual([97_499, 97_500, 100_000, 102_500, 102_501].map(at), [
      'baudRate',
      undefined,
      undefined,
      undefined,
      'baudRate',
    ])
  })
})
