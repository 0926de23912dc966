import type { Device } from './device.ts'
import { kernel32 } from './kernel32.ts'
import { Operation } from './operation.ts'
import { within } from './reader.ts'
import { ERROR_IO_PENDING, ERROR_OPERATION_ABORTED } from './winerror.ts'

/** How soon a driver that ended a wait with nothing is asked again, in ms. */
const breath = 20

/**
 * Tells of events on the line: one `WaitCommEvent` is pending while there is something to wait for, and none otherwise.
 * Source: Microsoft Learn, "WaitCommEvent function (winbase.h)".
 */
export class LineEvents {
  readonly #device: Device
  readonly #operation: Operation
  readonly #tell: (look: number, told: number) => void
  #mask = 0
  #waiting = false
  /** The wait under way is for another mask, and will end without events. */
  #outdated = false
  #onEnd: (() => void) | undefined
  #pause: NodeJS.Timeout | undefined

  /** @param tell - hears of events: which may have happened, and which of them the driver told of */
  constructor(device: Device, tell: (look: number, told: number) => void) {
    this.#device = device
    this.#tell = tell
    this.#operation = new Operation(device.handle)
  }

  get mask(): number {
    return this.#mask
  }

  /** Waits for these from now on: `EV_*` or-ed. A new mask ends the wait that is under way, with no events. */
  watch(mask: number): void {
    if (mask === this.#mask) return
    this.#mask = mask
    this.#outdated = this.#waiting
    if (kernel32.SetCommMask(this.#device.handle, mask) === 0) this.#mask = 0
    clearTimeout(this.#pause)
    if (this.#mask !== 0 && !this.#waiting) this.#wait()
  }

  #wait(): void {
    // A driver that has nothing to tell may leave what the last wait brought.
    this.#operation.dwordBytes.fill(0)
    const rc = this.#operation.start(this, (handle, overlapped) =>
      kernel32.WaitCommEvent(handle, this.#operation.dwordBytes, overlapped),
    )
    // A port that can't watch its lines says so here; a device that is gone, to the read that is pending.
    this.#waiting = rc === 0 || rc === ERROR_IO_PENDING
    if (this.#waiting) this.#operation.whenDone(() => this.#done())
    else this.#mask = 0
  }

  #done(): void {
    this.#waiting = false
    const { error } = this.#operation.outcome()
    // Where Windows ends a wait for an outdated mask with no events, Wine aborts it.
    const aborted = this.#outdated && error === ERROR_OPERATION_ABORTED
    if (error !== 0 && !aborted) this.#mask = 0
    // Anything may have happened while nothing waited.
    const told = error === 0 ? this.#operation.dword & this.#mask : 0
    const look = this.#outdated ? this.#mask : told
    this.#outdated = false
    this.#onEnd?.()
    if (look === 0 && this.#mask !== 0 && !this.#waiting) return this.#breathe()
    // Before the levels are looked at: so what changes after that look is an event again.
    if (this.#mask !== 0 && !this.#waiting) this.#wait()
    if (look !== 0) this.#tell(look, told)
  }

  /**
   * The wait has ended, and nothing has happened: a driver that says so again and again must not keep us busy. It may be one
   * that tells of nothing at all, so whoever listens is told to look.
   */
  #breathe(): void {
    this.#pause = setTimeout(() => {
      this.#wait()
      this.#tell(this.#mask, 0)
    }, breath)
    if (!this.#operation.referenced) this.#pause.unref()
  }

  ref(on: boolean): void {
    this.#operation.ref(on)
    if (on) this.#pause?.ref()
    else this.#pause?.unref()
  }

  /** Ends the wait and resolves when its memory is ours again, or after a second without an answer. */
  async stop(): Promise<void> {
    this.watch(0)
    this.#mask = 0
    if (this.#waiting) {
      this.#operation.ref(true)
      const ended = new Promise<void>((resolve) => {
        this.#onEnd = resolve
      })
      this.#operation.cancel()
      await within(1000, ended)
    }
    this.#operation.close()
  }
}
