import type { PortSettings } from '../../settings.ts'
import type { Device } from './device.ts'

/**
 * When to look again at output that still takes `left` ms: after nearly that long, at most 50 ms, and in steps of
 * 1 ms towards the end, to come out right at it.
 */
export function nextLook(left: number): number {
  return Math.min(50, Math.max(1, Math.floor(left * 0.9)))
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
