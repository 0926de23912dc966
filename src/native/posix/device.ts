import type { Counters } from '../../counters.ts'
import { SerialError } from '../../errors.ts'
import { countsNothing } from '../../failures.ts'
import { bitsPerCharacter } from '../../settings.ts'
import type { PortSettings } from '../../settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../../signals.ts'
import { hangUp, useError } from './errors.ts'
import { Pace } from './pacing.ts'
import type { Remainder } from './pacing.ts'
import type { Tty } from './tty.ts'

/** Modem line bits, the same on all systems. Source: ioctl_tty(2), TIOCMGET. */
const lines = { dtr: 0x002, rts: 0x004, cts: 0x020, dcd: 0x040, ri: 0x080, dsr: 0x100 } as const

/** Source: flock(2). */
const LOCK_SH = 1
const LOCK_EX = 2
const LOCK_NB = 4

/** Errors of a call that has nothing to do right now. */
const notNow: readonly string[] = ['EAGAIN', 'EWOULDBLOCK', 'EINTR']

/**
 * A terminal in use as a serial port: everything a port does that never waits. The asynchronous and the blocking
 * port share it, and differ in how they wait.
 */
export class Device {
  readonly tty: Tty
  settings: PortSettings
  readonly #asked: PortSettings
  #found: Uint8Array | undefined
  #locked = false
  #breaking = false
  readonly #pace = new Pace()
  #hasWire = false
  /** Characters that the device may hold without the system knowing. */
  #hidden = 0

  constructor(tty: Tty, settings: PortSettings) {
    this.tty = tty
    this.#asked = settings
    this.settings = settings
  }

  /**
   * The order matters. Nothing is changed before the lock says that the port is free. A second open (by `adopt`) may wait
   * for a carrier unless the terminal is told not to, and TIOCEXCL would refuse it. Each open raises DTR and RTS, so their
   * levels come after the last; and whatever takes the driver time, as line settings do on USB, comes after those.
   */
  configure(adopt: (tty: Tty) => void): void {
    const { tty } = this
    const found = tty.system.attributes(tty)
    this.#lock()
    this.#found = found
    const hidden = tty.system.hiddenOutput?.(tty)
    this.#hasWire = hidden !== undefined
    this.#hidden = hidden ?? 0
    const raw = tty.system.makeRaw?.(tty, found) ?? false
    if (!raw) this.#apply(this.#asked)
    adopt(tty)
    this.#setInitialLines()
    if (raw) this.#apply(this.#asked)
    if (this.settings.exclusive) tty.command('TIOCEXCL', tty.system.requests.TIOCEXCL)
    this.#locked = this.settings.exclusive
    tty.opening = false
  }

  /** A port that may be shared takes a shared lock, so that it does not slip past somebody's exclusive one. */
  #lock(): void {
    const kind = this.settings.exclusive ? LOCK_EX : LOCK_SH
    this.tty.check('flock', this.tty.system.calls.flock(this.tty.fd, kind | LOCK_NB))
  }

  #setInitialLines(): void {
    const { dtr, flowControl, rts } = this.#asked
    try {
      if (dtr !== undefined || rts !== undefined) this.#setLines({ dtr, rts })
      else if (flowControl === 'dsr-dtr') this.getSignals()
    } catch (error) {
      if (!hasNoLines(error)) throw error
      // A pseudo-terminal: there is no line whose level could matter, unless it is to control the flow.
      if (flowControl === 'dsr-dtr') throw noLines(this.tty.path, 'flowControl dsr-dtr')
    }
  }

  /** Applies settings; on failure those in force before are put back. */
  reconfigure(settings: PortSettings): void {
    const before = this.settings
    try {
      this.#apply(settings)
    } catch (error) {
      ignoringErrors(() => this.#apply(before))
      throw error
    }
  }

  #apply(settings: PortSettings): void {
    const { tty } = this
    const baudRate = tty.system.apply(tty, this.#found ?? tty.system.attributes(tty), settings)
    this.settings = Object.freeze({ ...settings, baudRate })
  }

  /** Reads into the buffer: the count, or 0 when there is nothing now. */
  read(buffer: Uint8Array): number {
    const { calls } = this.tty.system
    const count = calls.read(this.tty.fd, buffer, buffer.byteLength)
    if (count > 0) return count
    // With VMIN 1, an empty input gives EAGAIN; a read of 0 bytes means that the line hung up.
    if (count === 0) throw hangUp(this.tty.path)
    const failure = this.tty.failure('read')
    if (notNow.includes(failure.errnoName)) return 0
    throw useError(this.tty.path, failure)
  }

  /** Reads from a descriptor that blocks: the count, or 0 when the read timer has run out. */
  readBlocking(fd: number, buffer: Uint8Array): number {
    const count = this.tty.system.calls.read(fd, buffer, buffer.byteLength)
    if (count > 0) return count
    if (count < 0) {
      const failure = this.tty.failure('read')
      if (!notNow.includes(failure.errnoName)) throw useError(this.tty.path, failure)
    }
    // Nothing is also what a line gives that hung up.
    this.checkPresence()
    return 0
  }

  /**
   * Reads on into memory of so many bytes that begins at `address`, behind the first `start` of them, while it gets `least`
   * bytes or more at a time; returns how many bytes are there then. An error is left for the next regular read to find.
   */
  readOn(address: number, start: number, size: number, least: number): number {
    const { calls } = this.tty.system
    let end = start
    while (size - end >= least) {
      const count = calls.readAt(this.tty.fd, address + end, size - end)
      if (count > 0) end += count
      if (count < least) break
    }
    return end
  }

  /** Writes from `start`: how many bytes the system took, 0 when it takes none now. */
  write(data: Uint8Array, start: number): number {
    const left = data.byteLength - start
    if (left <= 0) return 0
    const rest = start === 0 ? data : data.subarray(start)
    const count = this.tty.system.calls.write(this.tty.fd, rest, left)
    if (count >= 0) {
      this.expect(count)
      return count
    }
    const failure = this.tty.failure('write')
    if (notNow.includes(failure.errnoName)) return 0
    throw useError(this.tty.path, failure, start)
  }

  /** So many bytes are on their way, or, if below 0, were taken back before they had left. */
  expect(count: number): void {
    if (this.#hasWire) this.#pace.add(count * this.#characterTime)
  }

  /** Bytes in the driver's input queue; 0 when the device is gone. */
  get bytesToRead(): number {
    return this.#queued('FIONREAD')
  }

  /** Bytes in the driver's output queue; 0 when the device is gone. */
  get bytesToWrite(): number {
    return this.#queued('TIOCOUTQ')
  }

  #queued(request: 'FIONREAD' | 'TIOCOUTQ'): number {
    let count = 0
    ignoringErrors(() => {
      count = this.tty.getInteger(request)
    })
    return count
  }

  /** What of the output has not left yet; undefined when the last bit has. Throws when the device is gone. */
  get remainder(): Remainder | undefined {
    const queued = this.tty.getInteger('TIOCOUTQ')
    const { left, slack } = this.#pace
    const near = Math.abs(left) < slack
    if (queued > 0) return { left: Math.max(left, queued * this.#characterTime), near }
    if (!this.tty.system.transmitterEmpty(this.tty)) return { left: Math.max(left, 0), near }
    // What the device holds, and nobody can ask it of, is gone when its time is over.
    this.#pace.limit(this.#hidden * this.#characterTime)
    return this.#pace.left > 0 ? { left: this.#pace.left, near } : undefined
  }

  /** Output that has not moved for so many ms is stuck: drivers hand their hardware up to some 500 characters at a time. */
  get patience(): number {
    return Math.max(500, (512 + this.#hidden) * this.#characterTime)
  }

  get #characterTime(): number {
    return (bitsPerCharacter(this.settings) * 1000) / this.settings.baudRate
  }

  /**
   * Drivers of USB adapters wait for the chip when a port is closed, that of PL2303 for up to 2 s, by the baud rate.
   * Source: Linux 6.1, drivers/tty/tty_port.c, tty_port_close_start.
   */
  get closesAtOnce(): boolean {
    return this.#hidden === 0
  }

  /** Holds the output back, or lets it go on: flow control that the kernel does not know. */
  holdOutput(hold: boolean): void {
    this.tty.system.holdOutput(this.tty, hold)
  }

  /** Throws when the device is gone, also when nobody reads. */
  checkPresence(): void {
    this.tty.getInteger('FIONREAD')
  }

  /** Undefined where the driver does not count. */
  get counters(): Required<Counters> | undefined {
    return this.tty.system.counters(this.tty)
  }

  /** The same for a caller; throws where the driver does not count, or the device is gone. */
  countersOrRefuse(): Counters {
    const { counters } = this
    if (counters !== undefined) return counters
    this.checkPresence()
    throw countsNothing(this.tty.path)
  }

  purge(queue: Queue): void {
    this.tty.system.flush(this.tty, queue)
    if (queue !== 'input') this.#pace.stop()
  }

  getSignals(): InputSignals {
    const now = this.tty.getInteger('TIOCMGET')
    return {
      cts: (now & lines.cts) !== 0,
      dsr: (now & lines.dsr) !== 0,
      dcd: (now & lines.dcd) !== 0,
      ri: (now & lines.ri) !== 0,
    }
  }

  setSignals(signals: OutputSignals): void {
    this.#setLines(signals)
    if (signals.break !== undefined) this.#setBreak(signals.break)
  }

  #setLines({ dtr, rts }: OutputSignals): void {
    const up = (dtr === true ? lines.dtr : 0) | (rts === true ? lines.rts : 0)
    const down = (dtr === false ? lines.dtr : 0) | (rts === false ? lines.rts : 0)
    if (up !== 0 && down !== 0) {
      // Both change at the same instant: reset circuits of boards look at the pair.
      this.tty.setInteger('TIOCMSET', (this.tty.getInteger('TIOCMGET') | up) & ~down)
    } else if (up !== 0) {
      this.tty.setInteger('TIOCMBIS', up)
    } else if (down !== 0) {
      this.tty.setInteger('TIOCMBIC', down)
    }
  }

  #setBreak(on: boolean): void {
    const { requests } = this.tty.system
    if (on) this.tty.command('TIOCSBRK', requests.TIOCSBRK)
    else this.tty.command('TIOCCBRK', requests.TIOCCBRK)
    this.#breaking = on
  }

  /** Whoever opens the terminal next, and takes it as it is, would think that silence is its end. */
  stopReadTimer(): void {
    if (this.tty.readTimer === 0) return
    this.tty.readTimer = 0
    ignoringErrors(() => this.#apply(this.settings))
  }

  /** Undoes what opening did, except the opening itself. The device may be gone: then there is nothing to undo. */
  release(): void {
    const { system } = this.tty
    if (this.#breaking) ignoringErrors(() => this.#setBreak(false))
    if (this.settings.flowControl === 'dsr-dtr') ignoringErrors(() => this.holdOutput(false))
    // A port's last close drops what was not read, and a lock makes this close the last. The output is left alone: it
    // has left, or what was stuck has been dropped, and on a pseudo-terminal a flush would reach into the other end.
    if (this.#locked) ignoringErrors(() => system.flush(this.tty, 'input'))
    const found = this.#found
    const failed = this.tty.opening
    if (found !== undefined && (failed || this.settings.restoreSettingsOnClose)) {
      ignoringErrors(() => system.restore(this.tty, found))
    } else {
      this.stopReadTimer()
    }
    if (this.#locked) ignoringErrors(() => this.tty.command('TIOCNXCL', system.requests.TIOCNXCL))
    this.#locked = false
  }
}

/** Drivers without control lines say ENOTTY or EINVAL. */
function hasNoLines(error: unknown): boolean {
  return error instanceof SerialError && (error.errnoName === 'ENOTTY' || error.errnoName === 'EINVAL')
}

function noLines(path: string, what: string): SerialError {
  return new SerialError('UNSUPPORTED', `${path}: ${what} needs control lines, and this port has none`, {
    path,
  })
}

function ignoringErrors(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof SerialError)) throw error
  }
}
