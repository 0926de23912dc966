import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hexFormat, rawFormat } from '../../src/spy/format.ts'

describe('a hex log', () => {
  /** A format whose time stands still at so many ms after its beginning. */
  const at = (ms: number, coloured = false) => {
    let now = 0
    const format = hexFormat(coloured, () => now)
    now = ms
    return format
  }

  it('has a line for each 16 bytes, as pySerial writes it', () => {
    // What pySerial 3.5 writes for `write(b'HELLO')` after 3.001 s, without the blanks at the end of its lines.
    const pySerial = '000003.001 TX   0000  48 45 4C 4C 4F                                    HELLO\n'
    assert.equal(at(3001).sent(Buffer.from('HELLO')), pySerial)
    const bytes = Uint8Array.from({ length: 20 }, (_, index) => index + 0x70)
    assert.equal(
      at(12).received(bytes),
      '000000.012 RX   0000  70 71 72 73 74 75 76 77  78 79 7A 7B 7C 7D 7E 7F  pqrstuvwxyz{|}~.\n' +
        '000000.012 RX   0010  80 81 82 83                                       ....\n',
    )
  })

  it('says that there was nothing', () => {
    assert.equal(at(0).received(new Uint8Array(0)), '000000.000 RX   <empty>\n')
  })

  it('has a line for each control line', () => {
    assert.equal(at(123_456_789).control('RTS', 'active'), '123456.789 RTS  active\n')
    assert.equal(at(0).control('Q-RX', 'reset_input_buffer'), '000000.000 Q-RX reset_input_buffer\n')
  })

  it('shows a piece of a larger memory, and no control character', () => {
    const bytes = Buffer.from('xx\x1b[2J\x9b\r\nxx', 'latin1').subarray(2, 9)
    assert.match(String(at(0).received(bytes)), / 1B 5B 32 4A 9B 0D 0A +\.\[2J\.\.\.\n$/)
  })

  it('has colours where they are asked for', () => {
    const coloured = at(0, true)
    assert.equal(coloured.received(Buffer.from('a')).slice(0, 5), '\x1b[32m')
    assert.equal(coloured.sent(Buffer.from('a')).slice(0, 5), '\x1b[31m')
    assert.equal(coloured.control('DTR', 'active'), '\x1b[37m000000.000 DTR  active\n\x1b[0m')
  })
})

describe('a raw log', () => {
  it('has the bytes and nothing else', () => {
    const format = rawFormat(false)
    assert.deepEqual(format.received(Uint8Array.of(0, 255)), Uint8Array.of(0, 255))
    assert.deepEqual(format.sent(Uint8Array.of(10)), Uint8Array.of(10))
    assert.equal(format.control('DTR', 'active'), '')
  })

  it('copies: the memory of what arrives is not its own', () => {
    const chunk = Uint8Array.of(1, 2)
    const logged = rawFormat(false).received(chunk)
    chunk.fill(9)
    assert.deepEqual(logged, Uint8Array.of(1, 2))
  })

  it('has colours around them where they are asked for', () => {
    assert.equal(String(rawFormat(true).sent(Buffer.from('a'))), '\x1b[31ma\x1b[0m')
  })
})
