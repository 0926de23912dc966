import { bind } from '../ffi.ts'
import type { PosixCalls } from '../posix/index.ts'

/** The C library's calls that a port needs. Sources: the manual pages of section 2, ioctl_tty(2). */
export const libc: PosixCalls = bind(null, {
  read: { returns: 'ssize', takes: ['int fd', 'pointer buf', 'size count'] },
  readAt: { symbol: 'read', returns: 'ssize', takes: ['int fd', 'address buf', 'size count'] },
  write: { returns: 'ssize', takes: ['int fd', 'pointer buf', 'size count'] },
  close: { returns: 'int', takes: ['int fd'] },
  poll: { returns: 'int', takes: ['pointer fds', 'ulong nfds', 'int timeout'] },
  flock: { returns: 'int', takes: ['int fd', 'int operation'] },
  fcntl: { returns: 'int', takes: ['int fd', 'int op', 'int arg'], variadic: true },
  ioctl: { returns: 'int', takes: ['int fd', 'ulong op', 'pointer argp'] },
  ioctlValue: { symbol: 'ioctl', returns: 'int', takes: ['int fd', 'ulong op', 'int arg'] },
})
