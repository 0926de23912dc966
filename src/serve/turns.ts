import { Waiters } from '../waiters.ts'
import type { Seat } from './seat.ts'

/** What happens to the port when it changes hands. */
export interface Handover {
  /** A client has the port from now on. */
  begins(seat: Seat): void
  /** A client has gone that had it: resolves when all is as it was before. */
  ends(seat: Seat): Promise<void>
}

/** Who has a port: the first that came, and when it has gone and all is put back, the one that has waited longest. */
export class Turns {
  readonly #handover: Handover
  /** In the order in which they came. */
  readonly #seats: Set<Seat> = new Set()
  #writer: Seat | undefined
  /** Those that wait for the port to be handed over, while it is. */
  readonly #waiting: Waiters = new Waiters()
  #isHandedOver = true
  /** How long (ms) somebody who was refused counts as one that waits, and may come again. */
  readonly #memory: number
  readonly #now: () => number
  /** When somebody was refused last while this writer has the port. */
  #refusedAt = -Infinity

  /** @param now - ms, of a clock that nobody sets */
  constructor(handover: Handover, memory: number, now: () => number = () => performance.now()) {
    this.#handover = handover
    this.#memory = memory
    this.#now = now
  }

  get writer(): Seat | undefined {
    return this.#writer
  }

  get seats(): Iterable<Seat> {
    return this.#seats
  }

  /** Somebody is there who is not about to go. */
  get isTaken(): boolean {
    return [...this.#seats].some(({ isGoing }) => !isGoing)
  }

  /** Others than the writer are there, or were a moment ago. */
  get isAwaited(): boolean {
    const isWanted = this.#now() - this.#refusedAt < this.#memory
    // The writer is among them only until what it left behind is about to leave.
    return [...this.#seats].some((seat) => seat !== this.#writer) || isWanted
  }

  /** One that has gone already has its turn as well, when it waited for that with what it sent. */
  get #next(): Seat | undefined {
    return [...this.#seats].find(({ isGoing, isOwedTurn }) => !isGoing || isOwedTurn)
  }

  /** Somebody has come and was sent away, since the port is taken. */
  refused(): void {
    this.#refusedAt = this.#now()
  }

  /** @returns whether it is its turn at once */
  join(seat: Seat): boolean {
    this.#seats.add(seat)
    if (this.#writer !== undefined) return false
    this.#promote(seat)
    return true
  }

  #promote(seat: Seat): void {
    this.#writer = seat
    this.#refusedAt = -Infinity
    this.#handover.begins(seat)
  }

  /** A client is about to go: those who come now wait until it has. */
  going(seat: Seat): void {
    if (seat === this.#writer) this.#isHandedOver = false
  }

  /** Resolves when the port is in somebody's hands; for the one that goes, that is now. */
  async handedOver(seat: Seat, signal: AbortSignal): Promise<void> {
    while (!this.#isHandedOver && seat !== this.#writer) await this.#waiting.wait(signal)
  }

  /** A client has gone. After a writer all is put back before the next has its turn. */
  async leave(seat: Seat): Promise<void> {
    this.#seats.delete(seat)
    if (seat !== this.#writer) return
    await this.#handover.ends(seat)
    this.#writer = undefined
    const next = this.#next
    if (next !== undefined) this.#promote(next)
    this.#isHandedOver = next?.isGoing !== true
    this.#waiting.release()
  }
}
