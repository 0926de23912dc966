import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { open, openSync } from '../../src/index.ts'
import type { SerialError, SerialOptions, SerialPort } from '../../src/index.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { Pseudo } from '../support/pseudo.ts'
import { givesAllBack } from '../support/resources.ts'
import { system } from '../support/system.ts'
import { eventually } from '../support/wait.ts'

const limit = { timeout: 20_000 }

/** Values that each option refuses, and a word of what it says is allowed. */
const refused: readonly [name: string, allowed: RegExp, values: readonly unknown[]][] = [
  ['baudRate', /1 to 4294967295/, [0, -1, 1.5, NaN, Infinity, 2 ** 32, '9600', null, true, [9600], 9600n]],
  ['dataBits', /5, 6, 7 or 8/, [9, 4, 0, -8, 7.5, NaN, '8', null]],
  ['parity', /none, even, odd, mark or space/, ['None', 'foo', '', 0, false, null, 'constructor']],
  ['stopBits', /1, 1\.5 or 2/, [0, 3, 1.25, NaN, '1', null]],
  ['flowControl', /none, hardware, software or dsr-dtr/, ['rtscts', true, null, {}]],
  ...['exclusive', 'dtr', 'rts', 'hangupOnClose', 'lowLatency', 'restoreSettingsOnClose'].map(
    (name) => [name, /true or false/, [0, 1, 'true', null, {}]] as [string, RegExp, unknown[]],
  ),
  ...['readTimeout', 'writeTimeout', 'interByteTimeout'].map(
    (name) =>
      [name, /0 to 2147483647/, [-1, NaN, -Infinity, 2 ** 31, '100', null]] as [string, RegExp, unknown[]],
  ),
  ['receiveBufferSize', /64 to 1073741824/, [0, 63, 64.5, -1, NaN, Infinity, 2 ** 30 + 1, '4096']],
  ['lineErrors', /ignore or report/, ['throw', true, null]],
  ['rs485', /object/, [true, 'on', null, []]],
  ['signal', /AbortSignal/, [{}, { aborted: false }, null, new AbortController(), new EventTarget()]],
]

/** Combinations and names. */
const others: readonly [options: object, words: readonly RegExp[]][] = [
  [{ stopBits: 1.5 }, [/stopBits/, /1\.5/, /8 data bits/]],
  [{ stopBits: 1.5, dataBits: 7 }, [/stopBits/, /1 or 2/]],
  [{ stopBits: 2, dataBits: 5 }, [/stopBits/, /1 or 1\.5/]],
  [{ baudrate: 9600 }, [/baudrate/, /baudRate/]],
  [{ baud_rate: 9600 }, [/baud_rate/, /baudRate/]],
  [{ xonxoff: true }, [/xonxoff/, /flowControl/]],
  [{ __proto__: null, toString: 1 }, [/toString/]],
  [{ rs485: { delayBeforeSend: 1001 } }, [/delayBeforeSend/, /1001/, /0 to 1000/]],
  [{ rs485: { rtsOnSend: 1 } }, [/rtsOnSend/, /true or false/]],
  [{ rs485: { delay: 1 } }, [/delay/]],
  [Object.create({ baudRate: 0 }) as object, [/baudRate/]],
]

const notOptions: readonly unknown[] = [
  null,
  9600,
  '9600',
  true,
  [],
  () => {},
  new Map([['baudRate', 9600]]),
  new AbortController().signal,
]

/** How a path is refused with these options, by both ways of opening, which must agree. */
async function refusal(path: string, options: unknown): Promise<SerialError> {
  const error = await rejectsWith('INVALID_OPTION', open(path, options as SerialOptions))
  assert.equal(
    throwsWith('INVALID_OPTION', () => openSync(path, options as SerialOptions)).message,
    error.message,
  )
  return error
}

describe('a bad option is refused before the device is touched', () => {
  it('with its name, its value and what is allowed', limit, async () => {
    using far = new Pseudo()
    system.unsettle(far.path)
    const before = system.attributes(far.path)
    await givesAllBack(async () => {
      for (const [name, allowed, values] of refused) {
        for (const value of values) {
          const { message } = await refusal(far.path, { [name]: value })
          assert.ok(message.startsWith(`${name} is `), message)
          assert.ok(message.includes(inspect(value, { depth: 0 })), message)
          assert.match(message, allowed)
        }
      }
    })
    assert.equal(system.attributes(far.path), before)
    system.assertFree(far.path)
  })

  it('also one that does not go with another, and one that does not exist', limit, async () => {
    for (const [options, words] of others) {
      // No such device: who looks for it first says PORT_NOT_FOUND.
      const { message } = await refusal('/dev/there-is-no-such-port', options)
      for (const word of words) assert.match(message, word)
    }
    for (const options of notOptions)
      assert.match((await refusal('/dev/there-is-no-such-port', options)).message, /options/)
  })

  it('while what is merely undefined counts as absent', limit, async () => {
    using far = new Pseudo()
    const port = await open(far.path, {
      baudRate: undefined,
      parity: undefined,
      rs485: undefined,
      signal: undefined,
    })
    assert.equal(port.settings.baudRate, 9600)
    await port.close()
  })
})

/** Calls that an open port refuses. */
const badCalls: readonly [(port: SerialPort) => Promise<unknown>, RegExp][] = [
  ...[-1, 1.5, NaN, '8', 2 ** 31].map(
    (size) =>
      [(port) => port.read(size as number), /size/] as [(port: SerialPort) => Promise<unknown>, RegExp],
  ),
  [(port) => port.read(null as never), /options/],
  [(port) => port.readExactly(0), /size is 0/],
  ...[NaN, -1, 2 ** 31, '5', null].flatMap((timeout) => {
    const options = { timeout: timeout as number }
    const calls: ((port: SerialPort) => Promise<unknown>)[] = [
      (port) => port.read(options),
      (port) => port.read(2, options),
      (port) => port.readExactly(2, options),
      (port) => port.readUntil('\n', options),
      (port) => port.readLine(options),
      (port) => port.write('x', options),
      (port) => port.drain(options),
      async (port) => port.lines(options),
    ]
    return calls.map((call) => [call, /timeout is .*0 to 2147483647/] as [typeof call, RegExp])
  }),
  [(port) => port.read(2, { signal: {} as AbortSignal }), /signal/],
  [(port) => port.write('x', { signal: 'now' as never }), /signal/],
  [(port) => port.readUntil(''), /delimiter/],
  [(port) => port.readUntil([10] as never), /delimiter/],
  [(port) => port.readUntil('\n', { maxBytes: 0 }), /maxBytes is 0/],
  [(port) => port.readLine({ maxBytes: 1.5 }), /maxBytes/],
  [(port) => port.readLine({ encoding: 'utf9' as never }), /encoding/],
  [(port) => port.readLine({ lineEnd: '' }), /lineEnd/],
  [(port) => port.write(5 as never), /data/],
  [(port) => port.write(null as never), /data/],
  [(port) => port.write([1, 2] as never), /data/],
  [(port) => port.write('x', null as never), /options/],
  [(port) => port.purge('all' as never), /queue.*input, output or both/],
  [(port) => port.setSignals(undefined as never), /signals/],
  [(port) => port.setSignals({ dtr: 1 as never }), /dtr is 1/],
  [(port) => port.setSignals({ cts: true } as never), /cts/],
  [(port) => port.sendBreak(-1), /duration/],
  [(port) => port.sendBreak(Infinity), /duration/],
  [(port) => port.reconfigure({ baudRate: 0 }), /baudRate is 0/],
  [(port) => port.reconfigure({ stopBits: 1.5 }), /stopBits/],
  [(port) => port.reconfigure({ exclusive: false } as never), /exclusive/],
  [(port) => port.reconfigure(null as never), /options/],
]

describe('a bad argument of a call on an open port is refused', () => {
  it('with its name, and nothing is read, sent or changed', limit, async () => {
    using far = new Pseudo()
    await using port = await open(far.path, { baudRate: 19200 })
    far.send('stays')
    await eventually('it arrives', () => port.bytesToRead === 5)
    const before = [port.settings, system.attributes(far.path)]
    for (const [call, words] of badCalls) {
      const { message } = await rejectsWith('INVALID_OPTION', call(port))
      assert.match(message, words, String(call))
    }
    assert.deepEqual([port.settings, system.attributes(far.path)], before)
    assert.equal((await port.read(9, { timeout: 0 })).toString(), 'stays')
    assert.equal((await far.takeAll(0, 50)).byteLength, 0)
  })
})
