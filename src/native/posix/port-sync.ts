import { closeSync } from 'node:fs'
import type { Counters } from '../../counters.ts'
import { SerialError } from '../../errors.ts'
import type { PortSettings } from '../../settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../../signals.ts'
import type { TransportSync } from '../../transport.ts'
import { Deadline } from '../../deadline.ts'
import type { Device } from './device.ts'
import { leftAlone, stopTimerWhenLeaving } from './leaving.ts'
import { openDevice } from './open.ts'
import { DsrDtrFlow, nextLook } from './pacing.ts'
import type { PosixSystem } from './system.ts'
import type { Tty } from './tty.ts'

const POLLIN = 1
const POLLOUT = 4

/** With DSR-DTR flow control, the sender may go on while fewer bytes than this wait in the driver. */
const acceptBelow = 2048

/**
 * A read that may wait longer than this (ms) is a plain `read(2)` on a descriptor that blocks: one call in place of
 * two. The terminal's own timer ends it, since only in JavaScript can a worker thread, or a process that exits, be
 * ended; a shorter wait, which that timer is too coarse for, is a `poll`.
 */
const longWait = 200

/** A serial port that blocks the calling thread: `read`; or `poll`, then `read` or `write`. */
export class PosixPortSync implements TransportSync {
  readonly path: string
  readonly #device: Device
  readonly #chunk: Uint8Array = new Uint8Array(64 * 1024)
  /** `struct pollfd`: an int, then two shorts of which the first says what to wait for. */
  readonly #poll: Uint8Array = new Uint8Array(8)
  readonly #pollEvents: Int16Array = new Int16Array(this.#poll.buffer, 4, 1)
  readonly #flow: DsrDtrFlow
  /** A descriptor of the same terminal that blocks; the other one does not, so that writes never do. */
  readonly #reader: number | undefined
  #closed = false

  static open(system: PosixSystem, path: string, settings: PortSettings): PosixPortSync {
    // Whoever shares the terminal may set its timer as he likes, and then it is none of ours.
    if (!settings.exclusive || system.reopenToBlock === undefined)
      return new PosixPortSync(
        openDevice(system, path, settings, () => {}),
        undefined,
      )
    let reader: number | undefined
    try {
      const adopt = ({ fd }: Tty) => void (reader = system.reopenToBlock?.(fd))
      const device = openDevice(system, path, settings, adopt, longWait / 100)
      return new PosixPortSync(device, reader)
    } catch (error) {
      if (reader !== undefined) closeSync(reader)
      throw error
    }
  }

  private constructor(device: Device, reader: number | undefined) {
    this.#reader = reader
    if (device.tty.readTimer > 0) stopTimerWhenLeaving(device)
    this.path = device.tty.path
    this.#device = device
    this.#flow = new DsrDtrFlow(device)
    new Int32Array(this.#poll.buffer)[0] = device.tty.fd
  }

  get settings(): PortSettings {
    return this.#device.settings
  }

  get bytesToRead(): number {
    return this.#device.bytesToRead
  }

  get bytesToWrite(): number {
    return this.#device.bytesToWrite
  }

  read(timeout: number): Uint8Array {
    const deadline = new Deadline(timeout)
    do {
      const count = this.#readSome(deadline)
      if (this.#flow.active) this.#flow.accept(this.#device.bytesToRead < acceptBelow)
      if (count > 0) return this.#chunk.subarray(0, count)
    } while (!deadline.passed)
    return this.#chunk.subarray(0, 0)
  }

  #readSome(deadline: Deadline): number {
    if (this.#reader !== undefined && deadline.left > longWait)
      return this.#device.readBlocking(this.#reader, this.#chunk)
    this.#wait(POLLIN, deadline)
    return this.#device.read(this.#chunk)
  }

  write(data: Uint8Array, timeout: number): number {
    if (this.#flow.active) return this.#writeByDsr(data, new Deadline(timeout))
    let taken = this.#device.write(data, 0)
    if (taken === data.byteLength) return taken
    const deadline = new Deadline(timeout)
    while (taken < data.byteLength && !deadline.passed) {
      this.#wait(POLLOUT, deadline)
      taken += this.#device.write(data, taken)
    }
    return taken
  }

  /** DSR is only looked at during calls, so little is given out of hand at a time. */
  #writeByDsr(data: Uint8Array, deadline: Deadline): number {
    const most = 64
    let taken = 0
    for (;;) {
      const free = this.#flow.followDsr() ? most - this.#device.bytesToWrite : 0
      if (free > 0) taken += this.#device.write(data.subarray(0, taken + free), taken)
      if (taken === data.byteLength || deadline.passed) return taken
      this.#wait(0, new Deadline(Math.min(1, deadline.left)))
    }
  }

  drain(timeout: number): boolean {
    const deadline = new Deadline(timeout)
    for (;;) {
      if (this.#flow.active) this.#flow.followDsr()
      const rest = this.#device.remainder
      if (rest === undefined) return true
      if (deadline.passed) return false
      this.#wait(0, new Deadline(Math.min(nextLook(rest), deadline.left)))
    }
  }

  /**
   * Waits for the event, a hang-up, a Unix signal or the deadline; with no event, for the deadline alone. Now and then it
   * returns early; see {@link longWait}.
   */
  #wait(event: number, deadline: Deadline): void {
    const { calls } = this.#device.tty.system
    this.#pollEvents[0] = event
    const descriptors = event === 0 ? 0 : 1
    const { left } = deadline
    const result = calls.poll(this.#poll, descriptors, Math.ceil(Math.min(left, 250)))
    if (result >= 0) return
    const failure = this.#device.tty.failure('poll')
    if (failure.errnoName !== 'EINTR') this.#device.tty.check('poll', result)
  }

  purge(queue: Queue): void {
    this.#device.purge(queue)
  }

  reconfigure(settings: PortSettings): void {
    this.#flow.reconfigure(settings)
  }

  getSignals(): InputSignals {
    return this.#device.getSignals()
  }

  setSignals(signals: OutputSignals): void {
    this.#device.setSignals(signals)
  }

  counters(): Counters {
    return this.#device.countersOrRefuse()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#letOutputLeave()
    this.#device.release()
    leftAlone(this.#device)
    if (this.#reader !== undefined) closeSync(this.#reader)
    closeSync(this.#device.tty.fd)
  }

  /** As in the asynchronous port: while the output moves, and not for ever. */
  #letOutputLeave(): void {
    try {
      let left: number
      do {
        left = this.bytesToWrite
        if (this.drain(this.#device.patience)) return
      } while (this.bytesToWrite < left)
      this.#device.purge('output')
    } catch (error) {
      if (!(error instanceof SerialError)) throw error
    }
  }
}
