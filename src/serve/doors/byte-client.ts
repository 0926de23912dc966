import { Waiters } from '../../waiters.ts'
import type { Seat } from '../seat.ts'
import type { Client, Wire } from './client.ts'
import type { Presence } from './presence.ts'

/** Bytes that may wait in the connection before nothing more of the line is added, and for the port before the client is held. */
const mostWaiting = 256 * 1024

/** What a write takes beside its bytes, so that many small ones count for what they are. */
const writeCost = 512

/** A client of which bytes come and to whom bytes go, and nothing else. */
export class ByteClient implements Client {
  readonly closed: Promise<string | undefined>
  readonly #seat: Seat
  readonly #wire: Wire
  readonly #presence: Presence
  readonly #room: Waiters = new Waiters()
  readonly #over: AbortController = new AbortController()
  #toWrite = 0
  #resolveClosed: (why: string | undefined) => void = () => {}

  constructor(seat: Seat, wire: Wire, presence: Presence) {
    this.#seat = seat
    this.#presence = presence
    this.#wire = wire
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    seat.on('cut', () => wire.destroy())
    void this.#pump()
  }

  /** Bytes have come. */
  arrived(bytes: Uint8Array): void {
    if (this.#over.signal.aborted) return
    this.#presence.said()
    const cost = bytes.byteLength + writeCost
    this.#toWrite += cost
    if (this.#toWrite >= mostWaiting) this.#wire.hold(true)
    const written = () => {
      this.#toWrite -= cost
      if (this.#toWrite < mostWaiting && !this.#over.signal.aborted) this.#wire.hold(false)
    }
    // What was not sent the seat has told.
    this.#seat.write(bytes).then(written, written)
  }

  ask(): void {
    this.#wire.ask?.()
  }

  /** The connection is over. */
  gone(why?: string): void {
    if (this.#over.signal.aborted) return
    this.#seat.going()
    this.#over.abort()
    this.#resolveClosed(why)
  }

  async #pump(): Promise<void> {
    const { signal } = this.#over
    try {
      for (;;) {
        while (this.#wire.waiting >= mostWaiting) await this.#room.wait(signal)
        const chunk = await this.#seat.read({ signal })
        this.#wire.send(chunk, () => this.#room.release())
      }
    } catch {
      // It is gone, or the port is.
      if (!signal.aborted) await this.close()
    }
  }

  async close(): Promise<void> {
    this.gone()
    await this.#wire.end()
  }
}
