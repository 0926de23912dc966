import assert from 'node:assert/strict'
import { it } from 'node:test'
import { SerialError } from '../../src/index.ts'
import type { SerialOptions } from '../../src/index.ts'
import { mergeChanges, resolveOptions, takeChanges } from '../../src/settings.ts'
import { throwsWith } from '../conformance/expect.ts'

const wrong: readonly [keyof SerialOptions, unknown][] = [
  ...[0, -1, 1.5, Number.NaN, Infinity, 2 ** 32, '9600', null].map((rate) => ['baudRate', rate] as const),
  ...[4, 9, 7.5, '8'].map((bits) => ['dataBits', bits] as const),
  ...['NONE', 'Even', '', 0].map((parity) => ['parity', parity] as const),
  ...[0, 3, 1.5, '1'].map((bits) => ['stopBits', bits] as const),
  ...['rtscts', true].map((flow) => ['flowControl', flow] as const),
  ...(['exclusive', 'dtr', 'rts', 'hangupOnClose', 'lowLatency', 'restoreSettingsOnClose'] as const).flatMap(
    (name) => [1, 'true', null].map((value) => [name, value] as const),
  ),
  ...(['readTimeout', 'writeTimeout', 'interByteTimeout'] as const).flatMap((name) =>
    [-1, Number.NaN, 2 ** 31, '5', null].map((value) => [name, value] as const),
  ),
  ...[0, 63, 1024 ** 3 + 1, 100.5].map((size) => ['receiveBufferSize', size] as const),
  ...['', 'yes', true].map((value) => ['lineErrors', value] as const),
  ...[true, [], null, 'on'].map((value) => ['rs485', value] as const),
  ['signal', new AbortController()],
] as readonly [keyof SerialOptions, unknown][]

it('takes members of a class as well, each looked at once', () => {
  let looks = 0
  class Config implements SerialOptions {
    get baudRate(): number {
      looks++
      return 115_200
    }
  }
  assert.equal(resolveOptions(new Config()).baudRate, 115_200)
  assert.equal(looks, 1)
  assert.equal(resolveOptions(Object.create({ dataBits: 7 }) as SerialOptions).dataBits, 7)
})

for (const [name, value] of wrong) {
  it(`refuses ${name} ${String(value)}, naming the option, the value and what is allowed`, () => {
    const error = throwsWith('INVALID_OPTION', () => resolveOptions({ [name]: value }))
    assert.match(error.message, new RegExp(`^${name} is .*; allowed: `))
    const shown = typeof value === 'string' ? `'${value}'` : typeof value === 'number' ? String(value) : ''
    assert.ok(error.message.includes(shown))
  })
}

it('refuses what hardware has not: 1.5 stop bits with 8 data bits, 2 with 5', () => {
  throwsWith('INVALID_OPTION', () => resolveOptions({ stopBits: 1.5, dataBits: 8 }))
  throwsWith('INVALID_OPTION', () => resolveOptions({ stopBits: 2, dataBits: 5 }))
  assert.equal(resolveOptions({ stopBits: 1.5, dataBits: 5 }).stopBits, 1.5)
  const now = resolveOptions({ stopBits: 2 })
  throwsWith('INVALID_OPTION', () => mergeChanges(now, takeChanges({ dataBits: 5 })))
})

it('refuses names it does not know, with the one that was meant', () => {
  const error = throwsWith('INVALID_OPTION', () => resolveOptions({ baudrate: 9600 } as SerialOptions))
  assert.match(error.message, /did you mean baudRate/)
  throwsWith('INVALID_OPTION', () => resolveOptions({ rs485: { delay: 1 } as object }))
  throwsWith('INVALID_OPTION', () => resolveOptions({ rs485: { delayBeforeSend: 1001 } }))
  throwsWith('INVALID_OPTION', () => resolveOptions({ toString: 1 } as object))
  for (const options of [null, 5, 'x', []])
    throwsWith('INVALID_OPTION', () => resolveOptions(options as object))
})

it('takes undefined as absent, and decides everything else', () => {
  assert.deepEqual(resolveOptions({ baudRate: undefined, rs485: undefined }), resolveOptions(undefined))
  const settings = resolveOptions({ rs485: { rtsOnSend: false } })
  assert.equal(settings.baudRate, 9600)
  assert.equal(settings.readTimeout, Infinity)
  assert.deepEqual(settings.rs485?.enabled, true)
  assert.deepEqual(mergeChanges(settings, takeChanges({ rs485: { enabled: false } })).rs485?.rtsOnSend, false)
  assert.ok(Object.isFrozen(settings))
})

it('errors carry what is known of them', () => {
  const error = new SerialError('IO', 'text', {
    path: '/dev/x',
    syscall: 'read',
    errno: 5,
    errnoName: 'EIO',
    cause: 1,
  })
  assert.equal(error.name, 'SerialError')
  assert.equal(error.cause, 1)
  assert.equal('cause' in new SerialError('IO', 'text'), false)
  assert.ok(error instanceof Error)
})
