import type { PortSettings } from '../../settings.ts'
import type { Device } from './device.ts'

/** When the wire will have carried what was given to it, if it is as fast as it says and nothing holds it up. */
export class Pace {
  #begun = 0
  #ends = 0

  /** More was given to the wire, which takes it so many ms; fewer than 0: it was taken back. */
  add(duration: number): void {
    const now = performance.now()
    if (this.#ends < now) this.#begun = this.#ends = now
    this.#ends += duration
  }

  /** What was given to it will not be sent. */
  stop(): void {
    this.#ends = 0
  }

  /** It carries what it has within so many ms. */
  limit(duration: number): void {
    this.#ends = Math.min(this.#ends, performance.now() + duration)
  }

  /** ms; below 0: it should have carried all of it. */
  get left(): number {
    return this.#ends - performance.now()
  }

  /**
   * By how many ms it may be wrong: the clocks of a line may be off by some hundredths, and most are by less. Not more than
   * one may look closely for.
   */
  get slack(): number {
    return Math.min(10, 2 + (this.#ends - this.#begun) / 50)
  }
}

/** A look at what has not left yet. */
export interface Remainder {
  /** At least so many ms. */
  readonly left: number
  /** It leaves about now: worth to be looked for at every turn. */
  readonly near: boolean
}

/**
 * When to look again, in ms. Timers are late by up to 1 ms and no finer; so near the end it is 0: without a timer. What is
 * overdue, as flow control may hold it, is looked at every ms.
 */
export function nextLook({ left, near }: Remainder): number {
  return near ? 0 : Math.min(50, Math.max(1, Math.floor(left - 1)))
}

/**
 * Flow control by DTR and DSR, which Linux and macOS leave to programs: the output is held while DSR is off, and DTR
 * goes off while we accept no more input.
 */
export class DsrDtrFlow {
  readonly #device: Device
  #held = false
  #accepting = true

  constructor(device: Device) {
    this.#device = device
  }

  get active(): boolean {
    return this.#device.settings.flowControl === 'dsr-dtr'
  }

  /** Holds or releases the output as DSR says; true while it may go on. */
  followDsr(): boolean {
    const { dsr } = this.#device.getSignals()
    if (this.#held === dsr) this.#hold(!dsr)
    return dsr
  }

  #hold(hold: boolean): void {
    this.#device.holdOutput(hold)
    this.#held = hold
  }

  /** Tells the other side whether we take more. */
  accept(more: boolean): void {
    if (!this.active || this.#accepting === more) return
    this.#device.setSignals({ dtr: more })
    this.#accepting = more
  }

  /** Throws `UNSUPPORTED`, with nothing changed, where there is no DSR to follow. */
  reconfigure(settings: PortSettings): void {
    if (settings.flowControl === 'dsr-dtr') this.#device.getSignals()
    this.#device.reconfigure(settings)
    if (!this.active && this.#held) this.#hold(false)
  }
}
