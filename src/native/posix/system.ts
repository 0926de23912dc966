import type { Counters } from '../../counters.ts'
import type { SerialErrorCode } from '../../errors.ts'
import type { PortSettings } from '../../settings.ts'
import type { Tty } from './tty.ts'

type Native = (...args: number[]) => number

/** The C library's calls on a descriptor; every POSIX system binds them with its own calling conventions. */
export interface PosixCalls {
  read(fd: number, buffer: Uint8Array, count: number): number
  /** The same, into memory of which the caller knows where it stands: no view of it need be made. */
  readAt(fd: number, address: number, count: number): number
  write(fd: number, data: Uint8Array, count: number): number
  poll(fds: Uint8Array, count: number, timeout: number): number
  readonly close: Native
  readonly flock: Native
  readonly fcntl: Native
  ioctl(fd: number, request: number, argument: Uint8Array): number
  readonly ioctlValue: Native
}

/** The requests that every POSIX system has, under numbers of its own. */
export interface PosixRequests {
  readonly TIOCEXCL: number
  readonly TIOCNXCL: number
  readonly TIOCOUTQ: number
  readonly TIOCMGET: number
  readonly TIOCMBIS: number
  readonly TIOCMBIC: number
  readonly TIOCMSET: number
  readonly FIONREAD: number
  readonly TIOCSBRK: number
  readonly TIOCCBRK: number
}

/** What one POSIX system provides, for the port that they share. */
export interface PosixSystem {
  readonly calls: PosixCalls
  readonly requests: PosixRequests
  readonly errnoNames: Readonly<Record<number, string>>
  /** Numbers from fcntl.h. */
  readonly O_APPEND: number
  readonly F_DUPFD_CLOEXEC: number

  /** What can be said, for a person, about why this port can't be opened: who holds it, which group may open it. */
  hint(code: SerialErrorCode, path: string): string | undefined
  /** Opens the terminal behind a descriptor once more, for reads that block; absent where the two would share their flags. */
  reopenToBlock?(fd: number): number | undefined
  /** The terminal attributes as they are, for `apply` and `restore`. */
  attributes(tty: Tty): Uint8Array
  /** Puts attributes back as they were found. */
  restore(tty: Tty, attributes: Uint8Array): void
  /**
   * Makes it a raw channel that waits for no carrier, and leaves the line as it is, so that drivers have nothing to do; false
   * where that can't be. Absent where line settings take no time.
   */
  makeRaw?(tty: Tty, found: Uint8Array): boolean
  /** Makes it a raw channel with these settings, on the ground of `found`; returns the speed that the device took. */
  apply(tty: Tty, found: Uint8Array, settings: PortSettings): number
  /** Drops what is queued in the kernel. */
  flush(tty: Tty, queue: 'input' | 'output' | 'both'): void
  /**
   * How many characters the device may hold that `TIOCOUTQ` and the transmitter don't tell of; undefined where there is no
   * wire on which characters take their time.
   */
  hiddenOutput?(tty: Tty): number | undefined
  /** True when the transmitter says, or can't say, that its last bit has left. */
  transmitterEmpty(tty: Tty): boolean
  /** Holds or releases the output, for flow control that the kernel does not know. */
  holdOutput(tty: Tty, hold: boolean): void
  /** Running totals, where the driver counts. */
  counters(tty: Tty): Required<Counters> | undefined
}
