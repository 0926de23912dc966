// The numbers that src/native/linux states, against the headers of the system that this runs on.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { errnoNames } from '../../../src/native/linux/errno.ts'
import { requests } from '../../../src/native/linux/requests.ts'
import { encodeRs485 } from '../../../src/native/linux/serial-driver.ts'
import { linux } from '../../../src/native/linux/system.ts'
import {
  controlFlags,
  encodeTermios,
  inputFlags,
  speedOf,
  termios2Size,
} from '../../../src/native/linux/termios.ts'
import { resolveOptions } from '../../../src/settings.ts'
import { needsCompiler, valuesInC } from './c-program.ts'

/** Compares a table with the constants of the same names. */
function same(headers: readonly string[], table: Readonly<Record<string, number>>): void {
  const values = valuesInC(headers, Object.keys(table))
  assert.deepEqual(Object.fromEntries(values), table)
}

suite('the headers of Linux', { skip: needsCompiler }, () => {
  test('error numbers', () => {
    const numbers = Object.entries(errnoNames).map(([number, name]) => [name, Number(number)] as const)
    same(['errno.h'], Object.fromEntries(numbers))
  })

  test('requests of ioctl', () => {
    same(['asm/termbits.h', 'asm/ioctls.h'], requests)
  })

  test('terminal flags', () => {
    same(['asm/termbits.h'], { ...inputFlags, ...controlFlags })
  })

  test('numbers of fcntl', () => {
    same(['fcntl.h'], { O_APPEND: linux.O_APPEND, F_DUPFD_CLOEXEC: linux.F_DUPFD_CLOEXEC })
  })

  test('struct termios2: its size, and what is written where', () => {
    const members = ['c_iflag', 'c_oflag', 'c_cflag', 'c_lflag', 'c_cc', 'c_ispeed', 'c_ospeed']
    const offset = (member: string) => `offsetof(struct termios2, ${member})`
    const values = valuesInC(
      ['asm/termbits.h'],
      ['sizeof(struct termios2)', 'VMIN', 'VTIME', 'VSTART', 'VSTOP', ...members.map(offset)],
    )
    const value = (name: string) => values.get(name) ?? NaN
    assert.equal(value('sizeof(struct termios2)'), termios2Size)

    const asked = resolveOptions({ baudRate: 123_457, flowControl: 'software', lineErrors: 'report' })
    const termios = encodeTermios(new Uint8Array(termios2Size).fill(0xaa), asked)
    const view = new DataView(termios.buffer)
    const word = (member: string) => view.getUint32(value(offset(member)), isLittleEndian)
    assert.equal(word('c_ispeed'), 123_457)
    assert.equal(word('c_ospeed'), 123_457)
    assert.equal(word('c_oflag'), 0)
    assert.equal(word('c_lflag'), 0)
    const { INPCK, IXOFF, IXON, PARMRK } = inputFlags
    assert.equal(word('c_iflag'), INPCK | IXOFF | IXON | PARMRK)
    const { BOTHER, CLOCAL, CREAD, CSIZE } = controlFlags
    assert.equal(word('c_cflag'), BOTHER | CLOCAL | CREAD | CSIZE)
    const character = (name: string) => termios[value(offset('c_cc')) + value(name)]
    assert.deepEqual(['VMIN', 'VTIME', 'VSTART', 'VSTOP'].map(character), [1, 0, 0x11, 0x13])
    // The speed that counts is the output's.
    view.setUint32(value(offset('c_ospeed')), 300, isLittleEndian)
    assert.equal(speedOf(termios), 300)
    // What nobody asked for stays as it was.
    assert.equal(termios.filter((byte) => byte === 0xaa).byteLength, 1 + 19 - 4)
  })

  test('struct serial_rs485: its size, its flags, and where the delays stand', () => {
    const flags = {
      enabled: 'SER_RS485_ENABLED',
      rtsOnSend: 'SER_RS485_RTS_ON_SEND',
      rtsAfterSend: 'SER_RS485_RTS_AFTER_SEND',
      receiveDuringSend: 'SER_RS485_RX_DURING_TX',
      terminate: 'SER_RS485_TERMINATE_BUS',
    } as const
    const size = 'sizeof(struct serial_rs485)'
    const before = 'offsetof(struct serial_rs485, delay_rts_before_send)'
    const after = 'offsetof(struct serial_rs485, delay_rts_after_send)'
    const values = valuesInC(['linux/serial.h'], [size, before, after, ...Object.values(flags)])
    for (const [name, constant] of Object.entries(flags)) {
      const words = encodeRs485({ ...nothing, [name]: true })
      assert.equal(words.byteLength, values.get(size))
      assert.equal(words[0], values.get(constant), name)
    }
    const delays = encodeRs485({ ...nothing, delayBeforeSend: 7, delayAfterSend: 9 })
    assert.equal(delays[(values.get(before) ?? NaN) / 4], 7)
    assert.equal(delays[(values.get(after) ?? NaN) / 4], 9)
  })
})

const nothing = {
  enabled: false,
  rtsOnSend: false,
  rtsAfterSend: false,
  delayBeforeSend: 0,
  delayAfterSend: 0,
  receiveDuringSend: false,
  terminate: false,
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
