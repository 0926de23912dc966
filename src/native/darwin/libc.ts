import { bind } from '../ffi.ts'
import type { PosixCalls } from '../posix/index.ts'

/** What macOS adds to the calls of all POSIX systems. */
export interface DarwinCalls extends PosixCalls {
  tcgetattr(fd: number, termios: Uint8Array): number
  tcsetattr(fd: number, actions: number, termios: Uint8Array): number
}

/**
 * The C library's calls that a port needs. Sources: the manual pages of section 2, tcsetattr(3).
 *
 * `ioctl` and `fcntl` are declared with `...`, and on Apple's ARM64 what stands there is passed on the stack, unlike a
 * named parameter. Source: Apple, "Writing ARM64 code for Apple platforms", Update code that passes arguments to
 * variadic functions.
 */
export const libc: DarwinCalls = bind(null, {
  read: { returns: 'ssize', takes: ['int fd', 'pointer buf', 'size nbyte'] },
  readAt: { symbol: 'read', returns: 'ssize', takes: ['int fd', 'address buf', 'size count'] },
  write: { returns: 'ssize', takes: ['int fd', 'pointer buf', 'size nbyte'] },
  close: { returns: 'int', takes: ['int fd'] },
  poll: { returns: 'int', takes: ['pointer fds', 'uint nfds', 'int timeout'] },
  flock: { returns: 'int', takes: ['int fd', 'int operation'] },
  fcntl: { returns: 'int', takes: ['int fd', 'int cmd', 'int arg'], variadic: true },
  ioctl: { returns: 'int', takes: ['int fd', 'ulong request', 'pointer argp'], variadic: true },
  ioctlValue: {
    symbol: 'ioctl',
    returns: 'int',
    takes: ['int fd', 'ulong request', 'int arg'],
    variadic: true,
  },
  tcgetattr: { returns: 'int', takes: ['int fd', 'pointer termios'] },
  tcsetattr: { returns: 'int', takes: ['int fd', 'int actions', 'pointer termios'] },
})
