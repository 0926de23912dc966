// What src/native/darwin states, against the headers of macOS: copied from there by name and number, with the formulas
// that the headers use. These tests run on any system.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { errnoNames } from '../../../src/native/darwin/errno.ts'
import { ptyNameSize, requests } from '../../../src/native/darwin/requests.ts'
import { darwin } from '../../../src/native/darwin/system.ts'
import {
  controlCharacters,
  controlFlags,
  inputFlags,
  offsets,
  termiosSize,
} from '../../../src/native/darwin/termios.ts'

// sys/ioccom.h: _IO, _IOR and _IOW, of IOC_VOID, IOC_OUT, IOC_IN and IOCPARM_MASK.
const encode = (direction: number, group: string, number: number, size: number) =>
  (direction | ((size & 0x1fff) << 16) | (group.charCodeAt(0) << 8) | number) >>> 0
const io = (group: string, number: number) => encode(0x20000000, group, number, 0)
const ior = (group: string, number: number, size: number) => encode(0x40000000, group, number, size)
const iow = (group: string, number: number, size: number) => encode(0x80000000, group, number, size)

// LP64: what the types in the headers measure.
const int = 4
const long = 8

test('ioctl requests: sys/ttycom.h, sys/filio.h, IOKit/serial/ioss.h', () => {
  assert.deepEqual(requests, {
    TIOCEXCL: io('t', 13),
    TIOCNXCL: io('t', 14),
    TIOCFLUSH: iow('t', 16, int),
    TIOCPTYUNLK: io('t', 82),
    TIOCPTYGNAME: encode(0x40000000, 't', 83, 128),
    TIOCPTYGRANT: io('t', 84),
    TIOCMGET: ior('t', 106, int),
    TIOCMBIC: iow('t', 107, int),
    TIOCMBIS: iow('t', 108, int),
    TIOCMSET: iow('t', 109, int),
    TIOCSTART: io('t', 110),
    TIOCSTOP: io('t', 111),
    TIOCOUTQ: ior('t', 115, int),
    TIOCCBRK: io('t', 122),
    TIOCSBRK: io('t', 123),
    FIONREAD: ior('f', 127, int),
    IOSSDATALAT: iow('T', 0, long),
    IOSSIOSPEED: iow('T', 2, long),
  })
  assert.equal(ptyNameSize, (requests.TIOCPTYGNAME >>> 16) & 0x1fff)
})

suite('struct termios: sys/termios.h', () => {
  test('members in order, each aligned to its size', () => {
    const members = [
      ['iflag', long, 1],
      ['oflag', long, 1],
      ['cflag', long, 1],
      ['lflag', long, 1],
      ['cc', 1, 20],
      ['ispeed', long, 1],
      ['ospeed', long, 1],
    ] as const
    let end = 0
    for (const [name, size, count] of members) {
      const start = Math.ceil(end / size) * size
      assert.equal(offsets[name], start, name)
      end = start + size * count
    }
    assert.equal(termiosSize, Math.ceil(end / long) * long)
  })

  test('flags', () => {
    assert.deepEqual(inputFlags, {
      PARMRK: 0x00000008,
      INPCK: 0x00000010,
      IXON: 0x00000200,
      IXOFF: 0x00000400,
    })
    assert.deepEqual(controlFlags, {
      CSIZE: 0x00000300,
      CSTOPB: 0x00000400,
      CREAD: 0x00000800,
      PARENB: 0x00001000,
      PARODD: 0x00002000,
      HUPCL: 0x00004000,
      CLOCAL: 0x00008000,
      CCTS_OFLOW: 0x00010000,
      CRTS_IFLOW: 0x00020000,
    })
  })

  test('control characters', () => {
    assert.deepEqual(controlCharacters, { VSTART: 12, VSTOP: 13, VMIN: 16, VTIME: 17 })
  })
})

test('numbers of fcntl: sys/fcntl.h', () => {
  assert.equal(darwin.O_APPEND, 0x00000008)
  assert.equal(darwin.F_DUPFD_CLOEXEC, 67)
})

test('error numbers: sys/errno.h', () => {
  const header = `EPERM 1, ENOENT 2, EINTR 4, EIO 5, ENXIO 6, EBADF 9, ENOMEM 12, EACCES 13, EFAULT 14, EBUSY 16,
    ENODEV 19, ENOTDIR 20, EISDIR 21, EINVAL 22, ENFILE 23, EMFILE 24, ENOTTY 25, ENOSPC 28, EPIPE 32, EAGAIN 35,
    ENOTSUP 45, ESHUTDOWN 58, ETIMEDOUT 60, ELOOP 62, ENAMETOOLONG 63, ENOSYS 78, EDEVERR 83, EPROTO 100,
    EOPNOTSUPP 102`
  const pairs = header.split(',').map((line) => line.trim().split(' '))
  assert.deepEqual(errnoNames, Object.fromEntries(pairs.map(([name = '', number = '']) => [number, name])))
})
