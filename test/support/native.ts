import assert from 'node:assert/strict'
import { closeSync, constants, openSync } from 'node:fs'
import { libc } from '../../src/native/linux/libc.ts'
import { requests } from '../../src/native/linux/requests.ts'
import { termios2Size } from '../../src/native/linux/termios.ts'

/** Says whether TIOCEXCL is in force. Source: ioctl_tty(2). */
const TIOCGEXCL = 0x80045440
const LOCK_SH = 1
const LOCK_EX = 2
const LOCK_NB = 4

/** Opens a terminal past all locks, as root may. */
function withDescriptor<T>(path: string, body: (fd: number) => T): T {
  const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  try {
    return body(fd)
  } finally {
    closeSync(fd)
  }
}

/** Who is kept out of a terminal: everybody who opens it (TIOCEXCL), and those who ask for a lock (flock). */
export function exclusions(path: string): { exclusive: boolean; lock: 'none' | 'shared' | 'exclusive' } {
  return withDescriptor(path, (fd) => {
    const answer = new Int32Array(1)
    libc.ioctl(fd, TIOCGEXCL, new Uint8Array(answer.buffer))
    const grants = (kind: number) => libc.flock(fd, kind | LOCK_NB) >= 0
    const lock = grants(LOCK_EX) ? 'none' : grants(LOCK_SH) ? 'shared' : 'exclusive'
    return { exclusive: answer[0] !== 0, lock }
  })
}

/** What {@link exclusions} says of a port that nobody has open. */
export const free = { exclusive: false, lock: 'none' } as const

/** The settings of a terminal as the kernel has them: its `struct termios2`, speeds included, as hexadecimal digits. */
export function attributes(path: string): string {
  return withDescriptor(path, (fd) => {
    const termios = new Uint8Array(termios2Size)
    assert.equal(libc.ioctl(fd, requests.TCGETS2, termios), 0)
    return Buffer.from(termios).toString('hex')
  })
}
