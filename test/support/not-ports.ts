// Names that are refused when they are opened, and how the system says so.
import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inWine, onWindows } from './platform.ts'

/** What an error is to say of the call that failed. */
export interface Facts {
  readonly syscall: string
  readonly errno?: number
  readonly errnoName?: string
}

type Refused = readonly [path: string, facts: Facts, ...words: RegExp[]]

/** Names that nothing has. */
export const missing: (folder: string) => readonly Refused[] = onWindows ? missingOnWindows : missingOnLinux

/** Names of something else. */
export const others: (folder: string) => readonly Refused[] = onWindows ? othersOnWindows : othersOnLinux

/** Longer than any name that the system takes. */
export const tooLong: string = 'x'.repeat(onWindows ? 40_000 : 5000)

function missingOnLinux(folder: string): Refused[] {
  const facts = { syscall: 'stat', errno: 2, errnoName: 'ENOENT' }
  const loop = join(folder, 'loop')
  symlinkSync(loop, loop)
  const dangling = join(folder, 'dangling')
  symlinkSync('/dev/there-is-no-such-port', dangling)
  return [
    ['/dev/there-is-no-such-port', facts, /no such device/, /baud list/],
    ['COM3', facts],
    ['/dev/null/x', { syscall: 'stat', errno: 20, errnoName: 'ENOTDIR' }],
    [loop, { syscall: 'stat', errno: 40, errnoName: 'ELOOP' }],
    [dangling, facts],
  ]
}

function missingOnWindows(folder: string): Refused[] {
  const facts = { syscall: 'CreateFile', errno: 2, errnoName: 'ERROR_FILE_NOT_FOUND' }
  return [
    ['COM99', facts, /no such port/, /baud list/],
    ['\\\\.\\COM99', facts],
    ['no such port', facts],
    [join(folder, 'nothing'), facts],
    [join(folder, 'nothing', 'x'), { syscall: 'CreateFile', errno: 3, errnoName: 'ERROR_PATH_NOT_FOUND' }],
  ]
}

function othersOnLinux(folder: string): Refused[] {
  const file = join(folder, 'file')
  const fifo = join(folder, 'fifo')
  writeFileSync(file, 'stays')
  execFileSync('mkfifo', [fifo])
  const noTerminal = { syscall: 'ioctl(TCGETS2)', errno: 25, errnoName: 'ENOTTY' }
  return [
    [folder, { syscall: 'stat' }, /a directory/],
    [file, { syscall: 'stat' }, /a regular file/],
    [fifo, { syscall: 'stat' }],
    ['/dev/null', noTerminal, /not a serial port/],
    ['/dev/zero', noTerminal],
  ]
}

function othersOnWindows(folder: string): Refused[] {
  const file = join(folder, 'file')
  writeFileSync(file, 'stays')
  const facts = {
    syscall: 'GetCommState',
    ...(inWine
      ? { errno: 6, errnoName: 'ERROR_INVALID_HANDLE' }
      : { errno: 1, errnoName: 'ERROR_INVALID_FUNCTION' }),
  }
  return [
    [file, facts, /not a serial port/],
    ['NUL', facts, /not a serial port/],
  ]
}
