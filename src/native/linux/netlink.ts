import { bind, errno } from '../ffi.ts'

/** Sources: socket(2), bind(2), recv(2), netlink(7). */
const libc = bind(null, {
  socket: { returns: 'int', takes: ['int domain', 'int type', 'int protocol'] },
  bindTo: { symbol: 'bind', returns: 'int', takes: ['int fd', 'pointer addr', 'uint len'] },
  receive: {
    symbol: 'recvfrom',
    returns: 'ssize',
    takes: ['int fd', 'pointer buf', 'size len', 'int flags', 'pointer addr', 'pointer addrlen'],
  },
  setsockopt: { returns: 'int', takes: ['int fd', 'int level', 'int name', 'pointer value', 'uint len'] },
  close: { returns: 'int', takes: ['int fd'] },
})

const AF_NETLINK = 16
const SOCK_RAW = 3
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000
const NETLINK_KOBJECT_UEVENT = 15
const SOL_SOCKET = 1
const SO_RCVBUF = 8
const EINTR = 4
const ENOBUFS = 105

/** The two groups: what the kernel says, and what udev says when it has done its part. */
const groups = 1 | 2

/** `struct sockaddr_nl`: family, padding, port id, groups. */
const addressSize = 12
const groupsAt = 8

/** A message is at most so long. Source: Linux, include/linux/kobject.h, UEVENT_BUFFER_SIZE, and udev's header. */
const largest = 8192

/** A socket on which the kernel tells of devices. */
export class UeventSocket {
  readonly #fd: number
  readonly #message: Buffer = Buffer.alloc(largest)
  readonly #address: Buffer = Buffer.alloc(addressSize)
  readonly #addressLength: Uint8Array = new Uint8Array(Uint32Array.of(addressSize).buffer)

  /** Undefined where the system lets us have none. */
  static open(): UeventSocket | undefined {
    const type = SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC
    const fd = libc.socket(AF_NETLINK, type, NETLINK_KOBJECT_UEVENT)
    if (fd < 0) return undefined
    const address = Buffer.alloc(addressSize)
    address.writeUInt16LE(AF_NETLINK, 0)
    address.writeUInt32LE(groups, groupsAt)
    if (libc.bindTo(fd, address, addressSize) < 0) {
      libc.close(fd)
      return undefined
    }
    // A hub with many devices says much at once. A smaller buffer is no failure: what is lost is noticed.
    libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, new Uint8Array(Int32Array.of(1024 * 1024).buffer), 4)
    return new UeventSocket(fd)
  }

  private constructor(fd: number) {
    this.#fd = fd
  }

  /** The next message; undefined when there is none now; `'lost'` when some could not be kept. */
  next(): Buffer | 'lost' | undefined {
    for (;;) {
      new DataView(this.#addressLength.buffer).setUint32(0, addressSize, true)
      const count = libc.receive(this.#fd, this.#message, largest, 0, this.#address, this.#addressLength)
      if (count < 0) {
        const number = errno()
        if (number === EINTR) continue
        return number === ENOBUFS ? 'lost' : undefined
      }
      // Sent to a group, which takes privileges; what is sent to us alone could come from anybody.
      if (this.#address.readUInt32LE(groupsAt) !== 0) return this.#message.subarray(0, count)
    }
  }

  close(): void {
    libc.close(this.#fd)
  }
}
