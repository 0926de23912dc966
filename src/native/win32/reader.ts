import type { SerialError } from '../../errors.ts'
import type { Device } from './device.ts'
import { kernel32 } from './kernel32.ts'
import { Operation } from './operation.ts'
import { fixedMemory } from './memory.ts'
import { ERROR_IO_PENDING, ERROR_OPERATION_ABORTED, ERROR_TIMEOUT } from './winerror.ts'

/** How many reads that end at once are delivered in a row before others get their turn. */
const burst = 8

/** Who hears of what was read. */
export interface ReaderSink {
  /** The memory is the reader's again when the call returns. */
  data(chunk: Uint8Array): void
  failed(reason: SerialError): void
}

/**
 * Keeps one read pending. Paused, it still does, so that an unplug is noticed; what that read brings is held until
 * `resume`, and then no further one is started.
 */
export class Reader {
  readonly #device: Device
  readonly #sink: ReaderSink
  readonly #operation: Operation
  readonly #memory: Buffer
  #paused = false
  #stopped = false
  /** Bytes read while paused. */
  #held = 0
  /** A read was started, and its end not yet looked at. */
  #started = false
  /** What that read brings was purged. */
  #discard = false
  /** A purge may end the read that is under way. */
  #mayAbort = false
  #pause: NodeJS.Timeout | undefined
  #onStopped: (() => void) | undefined

  constructor(device: Device, chunkSize: number, sink: ReaderSink) {
    this.#device = device
    this.#sink = sink
    this.#operation = new Operation(device.handle, 'often')
    this.#memory = Buffer.from(fixedMemory(chunkSize).buffer)
  }

  /** Bytes that were read and not delivered. */
  get held(): number {
    return this.#held
  }

  start(): void {
    this.#arm(0)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    if (this.#held === 0) return
    this.giveHeld()
    if (!this.#started && this.#held === 0) this.#arm(0)
  }

  /** Delivers what was read while paused, and reads no further. */
  giveHeld(): void {
    const chunk = this.#memory.subarray(0, this.#held)
    this.#held = 0
    if (chunk.byteLength > 0) this.#sink.data(chunk)
  }

  /** Forgets what was read before now; to be called after the driver's queue was purged. */
  purge(): void {
    const held = this.#held > 0
    this.#held = 0
    if (held && !this.#stopped) return this.#arm(0)
    // The purge may have ended the read within its call, or may do so in a moment.
    this.#mayAbort = true
    this.#discard = this.#started && !this.#operation.pending
  }

  ref(on: boolean): void {
    this.#operation.ref(on)
    if (on) this.#pause?.ref()
    else this.#pause?.unref()
  }

  /**
   * Starts a read. Where it ends at once it is delivered at once, from the event loop's turn that we are in, but for the
   * first (`directly` 0): then the caller is a method of the port's.
   */
  #arm(directly: number): void {
    for (let left = directly; !this.#stopped && !this.#started; left--) {
      this.#started = true
      const memory = this.#memory
      const rc = this.#operation.start(memory, (handle, overlapped) =>
        kernel32.ReadFile(handle, memory, memory.byteLength, null, overlapped),
      )
      if (rc !== 0 && rc !== ERROR_IO_PENDING) return this.#failLater(rc)
      if (rc === ERROR_IO_PENDING || left <= 0) return this.#operation.whenDone(() => this.#done(burst))
      if (!this.#finish()) return
    }
  }

  #done(directly: number): void {
    if (this.#finish()) this.#arm(directly)
  }

  /** Looks at a read that has ended; true when the next one may start. */
  #finish(): boolean {
    this.#started = false
    const { count, error } = this.#operation.outcome()
    const asked = error === ERROR_OPERATION_ABORTED && this.#mayAbort
    const bytes = this.#discard ? 0 : count
    this.#discard = false
    this.#mayAbort = false
    if (this.#stopped) {
      this.#onStopped?.()
      return false
    }
    if (bytes > 0) this.#deliver(bytes)
    // Wine says so of a read that brought nothing in its time.
    if (error !== 0 && !asked && error !== ERROR_TIMEOUT) {
      this.#fail(error)
      return false
    }
    if (count === 0 && !asked) return this.#breathe()
    return this.#held === 0 && !this.#stopped
  }

  #deliver(count: number): void {
    if (this.#paused) return this.#hold(count)
    try {
      this.#sink.data(this.#memory.subarray(0, count))
    } catch (error) {
      // A listener's own affair, and no reason to stop reading.
      queueMicrotask(() => {
        throw error
      })
    }
  }

  /** From now on no read is pending that would notice an unplug: it must be asked for. */
  #hold(count: number): void {
    this.#held = count
    this.#later(200, () => {
      if (this.#held === 0) return
      try {
        this.#device.queued()
        this.#hold(this.#held)
      } catch (error) {
        this.#sink.failed(error as SerialError)
      }
    })
  }

  /** Nothing came: a driver that says so again and again must not keep us busy. */
  #breathe(): false {
    this.#later(5, () => {
      try {
        this.#device.queued()
        this.#arm(0)
      } catch (error) {
        this.#sink.failed(error as SerialError)
      }
    })
    return false
  }

  #later(milliseconds: number, work: () => void): void {
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => {
      if (!this.#stopped) work()
    }, milliseconds)
    if (!this.#operation.referenced) this.#pause.unref()
  }

  #failLater(errno: number): void {
    this.#started = false
    this.#later(0, () => this.#fail(errno))
  }

  #fail(errno: number): void {
    this.#sink.failed(this.#device.error('ReadFile', errno))
  }

  /** Ends the read under way and resolves when its memory is ours again, or after a second without an answer. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#pause)
    if (this.#started) {
      this.#operation.ref(true)
      const reaped = new Promise<void>((resolve) => {
        this.#onStopped = resolve
      })
      this.#operation.cancel()
      await within(1000, reaped)
    }
    this.#operation.close()
  }
}

/** Resolves with the work, or after so many milliseconds without it. */
export async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
