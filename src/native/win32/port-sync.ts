import { Deadline } from '../../deadline.ts'
import type { Counters } from '../../counters.ts'
import type { PortSettings } from '../../settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../../signals.ts'
import type { TransportSync } from '../../transport.ts'
import { ignoringErrors } from './device.ts'
import type { Device } from './device.ts'
import { kernel32 } from './kernel32.ts'
import { openDevice } from './open.ts'
import { Operation } from './operation.ts'
import { fixedMemory } from './memory.ts'
import { ERROR_IO_PENDING, ERROR_OPERATION_ABORTED, ERROR_TIMEOUT } from './winerror.ts'

const chunkSize = 64 * 1024

/**
 * A COM port that blocks the calling thread. A read whose time is up stays under way: what it brings is the next read's,
 * so no byte is lost.
 */
export class WindowsPortSync implements TransportSync {
  readonly path: string
  readonly #device: Device
  readonly #reading: Operation
  readonly #writing: Operation
  readonly #input: Uint8Array = fixedMemory(chunkSize)
  readonly #output: Uint8Array = fixedMemory(chunkSize)
  /** A read was started, and its end not yet looked at. */
  #started = false
  #discard = false
  /** A purge may end the read that is under way. */
  #mayAbort = false
  #closed = false

  static open(path: string, settings: PortSettings): WindowsPortSync {
    return new WindowsPortSync(openDevice(path, settings))
  }

  private constructor(device: Device) {
    this.path = device.path
    this.#device = device
    this.#reading = new Operation(device.handle)
    this.#writing = new Operation(device.handle)
  }

  get settings(): PortSettings {
    return this.#device.settings
  }

  get bytesToRead(): number {
    const { input } = this.#device.queuedOrNone()
    return input + (this.#started && !this.#discard ? this.#reading.transferred : 0)
  }

  get bytesToWrite(): number {
    return this.#device.queuedOrNone().output
  }

  read(timeout: number): Uint8Array {
    const deadline = new Deadline(timeout)
    for (;;) {
      if (!this.#started) this.#startRead()
      const outcome = this.#reading.wait(deadline)
      if (outcome === undefined) return this.#input.subarray(0, 0)
      this.#started = false
      const { count, error } = outcome
      const purged = this.#discard
      const aborted = error === ERROR_OPERATION_ABORTED && this.#mayAbort
      this.#discard = false
      this.#mayAbort = false
      if (count > 0 && !purged) return this.#received(count)
      const nothing = error === 0 || error === ERROR_TIMEOUT || aborted
      if (!nothing) throw this.#device.error('ReadFile', error)
      if (!purged && !aborted) this.#device.queued()
      if (deadline.passed) return this.#input.subarray(0, 0)
    }
  }

  #received(count: number): Uint8Array {
    this.#device.counting.received += count
    return this.#input.subarray(0, count)
  }

  #startRead(): void {
    const memory = this.#input
    const rc = this.#reading.start(memory, (handle, overlapped) =>
      kernel32.ReadFile(handle, memory, memory.byteLength, null, overlapped),
    )
    if (rc !== 0 && rc !== ERROR_IO_PENDING) throw this.#device.error('ReadFile', rc)
    this.#started = true
  }

  write(data: Uint8Array, timeout: number): number {
    const deadline = new Deadline(timeout)
    let taken = 0
    while (taken < data.byteLength) {
      const piece = data.subarray(taken, taken + chunkSize)
      const { count, error, late } = this.#writePiece(piece, deadline)
      taken += count
      this.#device.wrote(count)
      if (late) return taken
      if (error !== 0) throw this.#device.error('WriteFile', error, taken)
    }
    return taken
  }

  /** Writes one piece; where the time is up first, cancels what is left of it. */
  #writePiece(piece: Uint8Array, deadline: Deadline): { count: number; error: number; late: boolean } {
    const memory = this.#output
    memory.set(piece)
    const rc = this.#writing.start(memory, (handle, overlapped) =>
      kernel32.WriteFile(handle, memory, piece.byteLength, null, overlapped),
    )
    if (rc !== 0 && rc !== ERROR_IO_PENDING) return { count: 0, error: rc, late: false }
    const outcome = this.#writing.wait(deadline)
    if (outcome !== undefined) return { ...outcome, late: false }
    const { count = 0, error = 0 } = this.#writing.end(Infinity) ?? {}
    return { count, error, late: true }
  }

  drain(timeout: number): boolean {
    const deadline = new Deadline(timeout)
    for (;;) {
      const left = this.#device.timeToSend
      if (left === 0) return true
      if (deadline.passed) return false
      pauseFor(Math.min(50, Math.max(1, left * 0.9), deadline.left))
    }
  }

  purge(queue: Queue): void {
    this.#device.purge(queue)
    if (queue === 'output' || !this.#started) return
    // A purge ends a read under way, where the driver does as it should, at once or in a moment; what it had brought is dropped.
    this.#mayAbort = true
    this.#discard = !this.#reading.pending
  }

  reconfigure(settings: PortSettings): void {
    this.#device.reconfigure(settings)
  }

  getSignals(): InputSignals {
    return this.#device.getSignals()
  }

  /** Without changes of the lines: nobody waits for their events. */
  counters(): Counters {
    // Throws for a port without lines: as elsewhere, such a port has no counters.
    this.#device.getSignals()
    this.#device.queued()
    return this.#device.counting.counters()
  }

  setSignals(signals: OutputSignals): void {
    this.#device.setSignals(signals)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    ignoringErrors(() => this.#letOutputLeave())
    this.#reading.end(1000)
    this.#reading.close()
    this.#writing.close()
    this.#device.release()
  }

  /** As in the asynchronous port: while the output moves, and not for ever. */
  #letOutputLeave(): void {
    let left: number
    do {
      left = this.bytesToWrite
      if (this.drain(500)) return
    } while (this.bytesToWrite < left)
    this.#device.purge('output')
  }
}

const never = new Int32Array(new SharedArrayBuffer(4))

function pauseFor(time: number): void {
  Atomics.wait(never, 0, 0, time)
}
