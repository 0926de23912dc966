import type { SerialPort } from '../index.ts'
import { Waiters } from '../waiters.ts'
import type { Seat } from './seat.ts'
import type { Limits } from './share.ts'
import type { Turns } from './turns.ts'

/** Gives all who share a port what it receives. A watcher that does not take it is cut off; for the writer the port is held up. */
export class Distribution {
  readonly #port: SerialPort
  readonly #turns: Turns
  readonly #limits: Limits
  readonly #cut: (seat: Seat, why: string) => void
  /** Whoever waits until the writer takes something. */
  readonly #room: Waiters = new Waiters()
  /** Where the next byte stands that is given out. */
  position = 0

  /** @param cut - called for a client that is enough of */
  constructor(port: SerialPort, turns: Turns, limits: Limits, cut: (seat: Seat, why: string) => void) {
    this.#port = port
    this.#turns = turns
    this.#limits = limits
    this.#cut = cut
  }

  /** Until the signal aborts, or the port is closed. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#roomInWriter(signal)
        const chunk = await this.#port.read({ timeout: Infinity, signal })
        this.position = this.#port.position
        for (const seat of this.#turns.seats) this.#give(seat, chunk)
      } catch {
        // The device is away, or all is over; whoever closes the port tells why.
        if (!this.#port.isOpen) return
      }
    }
  }

  #give(seat: Seat, chunk: Uint8Array): void {
    // Nobody takes it out any more, and the port is not held up for it.
    if (seat.isGoing) return
    const { buffer } = this.#limits
    // What came before: a chunk may be larger than that, and there was no time yet to take it.
    const isBehind = seat.bytesToRead > buffer
    if (isBehind && seat !== this.#turns.writer)
      return this.#cut(seat, `it does not take what it is sent, and ${buffer} bytes wait`)
    seat.push(chunk, this.position)
  }

  get #isHeldUp(): boolean {
    const { writer } = this.#turns
    return writer !== undefined && !writer.isGoing && writer.bytesToRead >= this.#limits.buffer
  }

  /** The writer holds the port up: nothing is lost for it. Others that are there need not bear that for ever. */
  async #roomInWriter(signal: AbortSignal): Promise<void> {
    const { stall } = this.#limits
    while (this.#isHeldUp) {
      const { writer } = this.#turns
      const position = writer?.position
      const limit = new AbortController()
      const timer = setTimeout(() => limit.abort(), stall)
      await this.#room.wait(AbortSignal.any([signal, limit.signal])).catch(() => {})
      clearTimeout(timer)
      if (signal.aborted) return
      // One that reads slowly takes something all the same: there is room only when half of it is taken.
      const isStill = writer === this.#turns.writer && writer?.position === position
      if (limit.signal.aborted && this.#turns.isAwaited && isStill && writer !== undefined)
        this.#cut(writer, `it takes nothing, and others have waited ${stall / 1000} s for it`)
    }
  }

  /** A client has taken something. */
  taken(seat: Seat): void {
    if (seat === this.#turns.writer && seat.bytesToRead * 2 <= this.#limits.buffer) this.#room.release()
  }

  /** A client begins to go: the port is not held up for it. */
  going(): void {
    this.#room.release()
  }
}
