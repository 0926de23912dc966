// The structures of Windows byte by byte, and what its error numbers mean; everywhere.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  commpropLayout,
  commpropSize,
  comstatLayout,
  dcbLayout,
  dcbSize,
  encodeDcb,
  refusedSetting,
  timeoutsLayout,
} from '../../src/native/win32/dcb.ts'
import { codeOf, errorName } from '../../src/native/win32/errors.ts'
import { OverlappedMemory } from '../../src/native/win32/overlapped.ts'
import { decode, encode, largest } from '../../src/native/win32/struct.ts'
import type { Layout } from '../../src/native/win32/struct.ts'
import { resolveOptions } from '../../src/settings.ts'
import type { SerialOptions } from '../../src/settings.ts'

const dcbOf = (options: SerialOptions, dtr = true, rts = true) =>
  decode(dcbLayout, encodeDcb(resolveOptions(options), dtr, rts))

/** Each member alone, with all its bits: it comes back, and no other does. */
function eachMemberHasItsPlace(layout: Layout, size: number): void {
  for (const [name, member] of Object.entries(layout)) {
    const bytes = new Uint8Array(size)
    encode(layout, bytes, { [name]: largest(member) })
    const set = Object.entries(decode(layout, bytes)).filter(([, value]) => value !== 0)
    assert.deepEqual(set, [[name, largest(member)]])
    // And on a ground of ones, the member alone becomes 0.
    bytes.fill(0xff)
    encode(layout, bytes, { [name]: 0 })
    const cleared = Object.entries(decode(layout, bytes)).filter(([, value]) => value === 0)
    assert.deepEqual(cleared, [[name, 0]])
  }
}

suite('structures', () => {
  test('no two members overlap', () => {
    eachMemberHasItsPlace(dcbLayout, dcbSize)
    eachMemberHasItsPlace(comstatLayout, 12)
    eachMemberHasItsPlace(timeoutsLayout, 20)
    eachMemberHasItsPlace(commpropLayout, commpropSize)
  })

  test('a DCB of which all bytes differ', () => {
    const bytes = Uint8Array.from({ length: dcbSize }, (_, i) => i)
    bytes.set([0b1110_0101, 0b0110_1010, 0xff, 0x7f], 8)
    assert.deepEqual(decode(dcbLayout, bytes), {
      DCBlength: 0x03020100,
      BaudRate: 0x07060504,
      fBinary: 1,
      fParity: 0,
      fOutxCtsFlow: 1,
      fOutxDsrFlow: 0,
      fDtrControl: 2,
      fDsrSensitivity: 1,
      fTXContinueOnXoff: 1,
      fOutX: 0,
      fInX: 1,
      fErrorChar: 0,
      fNull: 1,
      fRtsControl: 2,
      fAbortOnError: 1,
      fDummy2: 0xfffe,
      wReserved: 0x0d0c,
      XonLim: 0x0f0e,
      XoffLim: 0x1110,
      ByteSize: 18,
      Parity: 19,
      StopBits: 20,
      XonChar: 21,
      XoffChar: 22,
      ErrorChar: 23,
      EofChar: 24,
      EvtChar: 25,
      wReserved1: 0x1b1a,
    })
  })

  test('OVERLAPPED: where the members stand', () => {
    const overlapped = new OverlappedMemory()
    assert.ok(overlapped.bytes.every((byte) => byte === 0))
    overlapped.Offset = 0x11111111
    overlapped.OffsetHigh = 0x22222222
    overlapped.hEvent = 0x33333333
    const words = [...new Uint32Array(overlapped.bytes.buffer)]
    assert.deepEqual(words, [0, 0, 0, 0, 0x11111111, 0x22222222, 0x33333333, 0, 0, 0])
    assert.equal(overlapped.pending, false)
    overlapped.bytes.set([3, 1])
    assert.equal(overlapped.pending, true)
    assert.equal(overlapped.Internal, 0x103)
  })
})

suite('the DCB for settings', () => {
  test('each combination of line settings is told apart', () => {
    const seen = new Set<string>()
    for (const dataBits of [5, 6, 7, 8] as const)
      for (const parity of ['none', 'even', 'odd', 'mark', 'space'] as const)
        for (const stopBits of [1, dataBits === 5 ? 1.5 : 2] as const)
          for (const flowControl of ['none', 'hardware', 'software', 'dsr-dtr'] as const) {
            const dcb = dcbOf({ dataBits, parity, stopBits, flowControl })
            assert.equal(dcb.ByteSize, dataBits)
            assert.equal(dcb.Parity, ['none', 'odd', 'even', 'mark', 'space'].indexOf(parity))
            assert.equal(dcb.fParity, parity === 'none' ? 0 : 1)
            assert.equal(dcb.StopBits, [1, 1.5, 2].indexOf(stopBits))
            seen.add(JSON.stringify(dcb))
          }
    assert.equal(seen.size, 4 * 5 * 2 * 4)
  })

  test('what is not asked for is set all the same', () => {
    const { DCBlength, XonChar, XoffChar, XonLim, XoffLim, fBinary, ...rest } = dcbOf({
      baudRate: 4294967295,
    })
    assert.deepEqual([DCBlength, XonChar, XoffChar, XonLim, XoffLim, fBinary], [28, 0x11, 0x13, 64, 64, 1])
    const { BaudRate, ByteSize, fDtrControl, fRtsControl, ...zero } = rest
    assert.deepEqual([BaudRate, ByteSize, fDtrControl, fRtsControl], [4294967295, 8, 1, 1])
    assert.ok(Object.values(zero).every((value) => value === 0))
  })

  test('the lines are on, off, or left to flow control', () => {
    const lines = (options: SerialOptions, dtr: boolean, rts: boolean) => {
      const { fDtrControl, fRtsControl } = dcbOf(options, dtr, rts)
      return [fDtrControl, fRtsControl]
    }
    assert.deepEqual(lines({}, true, false), [1, 0])
    assert.deepEqual(lines({}, false, true), [0, 1])
    assert.deepEqual(lines({ flowControl: 'hardware' }, false, false), [0, 2])
    assert.deepEqual(lines({ flowControl: 'dsr-dtr' }, false, false), [2, 0])
  })

  test('what the driver did not take is named', () => {
    const asked = {
      baudRate: 100_000,
      dataBits: 7,
      parity: 'even',
      stopBits: 2,
      flowControl: 'hardware',
    } as const
    const bytes = (options: SerialOptions) => encodeDcb(resolveOptions(options), true, true)
    const refused = (taken: SerialOptions) => refusedSetting(bytes(asked), bytes({ ...asked, ...taken }))
    assert.equal(refused({}), undefined)
    assert.equal(refused({ dataBits: 8 }), 'dataBits')
    assert.equal(refused({ parity: 'odd' }), 'parity')
    assert.equal(refused({ stopBits: 1 }), 'stopBits')
    assert.equal(refused({ flowControl: 'none' }), undefined)
    assert.equal(refused({ baudRate: 97_500 }), undefined)
    assert.equal(refused({ baudRate: 97_499 }), 'baudRate')
  })
})

suite('what an error number means', () => {
  for (const [number, name, opening, open] of [
    [2, 'ERROR_FILE_NOT_FOUND', 'PORT_NOT_FOUND', 'DISCONNECTED'],
    [5, 'ERROR_ACCESS_DENIED', 'PORT_BUSY', 'DISCONNECTED'],
    [21, 'ERROR_NOT_READY', 'DISCONNECTED', 'DISCONNECTED'],
    [22, 'ERROR_BAD_COMMAND', 'DISCONNECTED', 'DISCONNECTED'],
    [31, 'ERROR_GEN_FAILURE', 'DISCONNECTED', 'DISCONNECTED'],
    [32, 'ERROR_SHARING_VIOLATION', 'PORT_BUSY', 'PORT_BUSY'],
    [38, 'ERROR_HANDLE_EOF', 'DISCONNECTED', 'DISCONNECTED'],
    [50, 'ERROR_NOT_SUPPORTED', 'NOT_A_SERIAL_PORT', 'UNSUPPORTED'],
    [87, 'ERROR_INVALID_PARAMETER', 'UNSUPPORTED', 'UNSUPPORTED'],
    [109, 'ERROR_BROKEN_PIPE', 'DISCONNECTED', 'DISCONNECTED'],
    [121, 'ERROR_SEM_TIMEOUT', 'DISCONNECTED', 'TIMEOUT'],
    [433, 'ERROR_NO_SUCH_DEVICE', 'PORT_NOT_FOUND', 'DISCONNECTED'],
    [995, 'ERROR_OPERATION_ABORTED', 'DISCONNECTED', 'DISCONNECTED'],
    [996, 'ERROR_IO_INCOMPLETE', 'IO', 'IO'],
    [997, 'ERROR_IO_PENDING', 'IO', 'IO'],
    [1167, 'ERROR_DEVICE_NOT_CONNECTED', 'DISCONNECTED', 'DISCONNECTED'],
    [1168, 'ERROR_NOT_FOUND', 'DISCONNECTED', 'IO'],
    [1617, 'ERROR_DEVICE_REMOVED', 'DISCONNECTED', 'DISCONNECTED'],
    [4711, '4711', 'IO', 'IO'],
  ] as const) {
    test(`${number} ${name}`, () => {
      assert.equal(errorName(number), name)
      assert.equal(codeOf(number, true), opening)
      assert.equal(codeOf(number, false), open)
    })
  }
})
