import { errno } from '../ffi.ts'
import { openError, useError } from './errors.ts'
import type { Failure } from './errors.ts'
import type { PosixRequests, PosixSystem } from './system.ts'

const integer = new Int32Array(1)
const integerBytes = new Uint8Array(integer.buffer)

/** An open terminal: a descriptor, and its system's calls with their errors translated. */
export class Tty {
  readonly system: PosixSystem
  readonly path: string
  readonly fd: number
  /** While opening, the same numbers mean other things: ENOTTY is "not a serial port". */
  opening = true
  /** After so many tenths of a second without a byte, a `read(2)` that blocks gives 0; 0: never. */
  readTimer: number

  constructor(system: PosixSystem, path: string, fd: number, readTimer = 0) {
    this.system = system
    this.path = path
    this.fd = fd
    this.readTimer = readTimer
  }

  /** Passes the result of a call on, or throws what its failure means. Nothing native may run in between. */
  check(syscall: string, result: number): number {
    if (result >= 0) return result
    const failure = this.failure(syscall)
    throw this.opening ? openError(this.path, failure) : useError(this.path, failure)
  }

  /** The failure of the native call just made. */
  failure(syscall: string): Failure {
    const number = errno()
    return { syscall, errno: number, errnoName: this.system.errnoNames[number] ?? `E${number}` }
  }

  ioctl(name: string, request: number, argument: Uint8Array): void {
    this.check(`ioctl(${name})`, this.system.calls.ioctl(this.fd, request, argument))
  }

  /** A request whose argument is a plain number, or none. */
  command(name: string, request: number, value = 0): void {
    this.check(`ioctl(${name})`, this.system.calls.ioctlValue(this.fd, request, value))
  }

  /** A request that fills in one int. */
  getInteger(name: keyof PosixRequests): number {
    this.ioctl(name, this.system.requests[name], integerBytes)
    return integer[0] ?? 0
  }

  /** A request that reads one int. */
  setInteger(name: keyof PosixRequests, value: number): void {
    integer[0] = value
    this.ioctl(name, this.system.requests[name], integerBytes)
  }
}
