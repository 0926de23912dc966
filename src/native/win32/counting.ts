import type { Counters } from '../../counters.ts'
import type { InputSignals } from '../../signals.ts'
import * as c from './constants.ts'

/** The lines whose changes are events, both ways. An event of the ring indicator is the end of a ring. */
const events = { cts: c.EV_CTS, dsr: c.EV_DSR, dcd: c.EV_RLSD } as const

type Line = keyof typeof events

const lines = Object.keys(events) as Line[]

/**
 * What happened to a port since it was opened. Windows has no counters: it says that something has happened since it was
 * asked last, and not how often. So nothing is counted that did not happen, and of what came at once perhaps less.
 */
export class Counting {
  /** Bytes. */
  received = 0
  /** Bytes. */
  sent = 0
  readonly #errors = { framing: 0, parity: 0, overrun: 0, break: 0 }
  readonly #events = { cts: 0, dsr: 0, dcd: 0, ri: 0 }
  /** What was said of changes last. */
  readonly #said = { cts: 0, dsr: 0, dcd: 0 }
  #start: InputSignals | undefined

  /** Takes what `ClearCommError` said. A break is no framing error, though UARTs see one. */
  flagged(flags: number): void {
    const errors = this.#errors
    if ((flags & (c.CE_OVERRUN | c.CE_RXOVER)) !== 0) errors.overrun++
    if ((flags & c.CE_RXPARITY) !== 0) errors.parity++
    // While the lines are followed, a break is an event.
    if ((flags & c.CE_BREAK) === 0) errors.framing += (flags & c.CE_FRAME) !== 0 ? 1 : 0
    else if (this.#start === undefined) errors.break++
  }

  /** From now on each event of the lines is told to `followed`. */
  follow(levels: InputSignals): void {
    this.#start ??= levels
  }

  /** Takes what `WaitCommEvent` told of. */
  followed(mask: number): void {
    if (this.#start === undefined) return
    for (const line of lines) if ((mask & events[line]) !== 0) this.#events[line]++
    if ((mask & c.EV_RING) !== 0) this.#events.ri++
    if ((mask & c.EV_BREAK) !== 0) this.#errors.break++
  }

  /** The counters; with the levels there are, where the lines are followed. */
  counters(levels?: InputSignals): Counters {
    const { received, sent } = this
    const start = this.#start
    if (start === undefined || levels === undefined) return { received, sent, ...this.#errors }
    for (const line of lines) {
      // Several changes may be one event; but a line that is as it was at first has changed an even number of times.
      const least = Math.max(this.#events[line], this.#said[line])
      const isOdd = levels[line] !== start[line]
      this.#said[line] = least + ((least % 2 === 1) === isOdd ? 0 : 1)
    }
    return { received, sent, ...this.#said, ri: this.#events.ri, ...this.#errors }
  }
}
