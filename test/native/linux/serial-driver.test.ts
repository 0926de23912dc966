import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { encodeRs485 } from '../../../src/native/linux/serial-driver.ts'
import { resolveOptions } from '../../../src/settings.ts'
import type { Rs485Options } from '../../../src/settings.ts'

/** As `open()` completes what its caller left out. */
function encode(options: Rs485Options): number[] {
  const { rs485 } = resolveOptions({ rs485: options })
  return [...encodeRs485(rs485 ?? assert.fail())]
}

const [enabled, rtsOnSend, rtsAfterSend, receiveDuringSend, terminate] = [1, 2, 4, 16, 32]

suite('struct serial_rs485', () => {
  test('what is asked for by an empty object', () => {
    assert.deepEqual(encode({}), [enabled | rtsOnSend, 0, 0, 0, 0, 0, 0, 0])
  })

  test('each member, switched the other way', () => {
    const [plain = 0] = encode({})
    const changed = (options: Rs485Options) => (encode(options)[0] ?? 0) ^ plain
    assert.equal(changed({ enabled: false }), enabled)
    assert.equal(changed({ rtsOnSend: false }), rtsOnSend)
    assert.equal(changed({ rtsAfterSend: true }), rtsAfterSend)
    assert.equal(changed({ receiveDuringSend: true }), receiveDuringSend)
    assert.equal(changed({ terminate: true }), terminate)
  })

  test('the delays, in ms', () => {
    assert.deepEqual(encode({ delayBeforeSend: 1, delayAfterSend: 1000 }).slice(1), [1, 1000, 0, 0, 0, 0, 0])
  })
})
