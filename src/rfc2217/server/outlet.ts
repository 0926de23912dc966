import type { Socket } from 'node:net'
import { Waiters } from '../../waiters.ts'

/** Bytes that may wait in the socket before nothing more of the line is added. */
const mostWaiting = 256 * 1024

/** Bytes of answers that are kept for a client which has asked to be sent nothing. */
const mostSuspended = 64 * 1024

/** The way to the client: what is said at once, and the line's bytes when there is room. */
export class Outlet {
  readonly #socket: Socket
  readonly #fail: (why: string) => void
  readonly #room: Waiters = new Waiters()
  /** Answers that wait until the client wants to be sent something; undefined while it does. */
  #suspended: Uint8Array[] | undefined
  #suspendedBytes = 0

  /** @param fail - called for a client that can't be served any more */
  constructor(socket: Socket, fail: (why: string) => void) {
    this.#socket = socket
    this.#fail = fail
    socket.on('drain', () => this.#release())
  }

  /** Whether the client takes what it is sent. */
  get hasRoom(): boolean {
    return this.#suspended === undefined && this.#socket.writableLength < mostWaiting
  }

  /** Resolves when there is room; when the signal aborts, it rejects with the signal's reason. */
  async ready(signal: AbortSignal): Promise<void> {
    while (!this.hasRoom) await this.#room.wait(signal)
  }

  #release(): void {
    if (this.hasRoom) this.#room.release()
  }

  send(bytes: Uint8Array): void {
    if (this.#suspended === undefined) {
      this.#socket.write(bytes)
      return
    }
    this.#suspended.push(bytes)
    this.#suspendedBytes += bytes.byteLength
    if (this.#suspendedBytes > mostSuspended) this.#fail('it asks and asks, and wants no answers')
  }

  /** The client wants nothing for a while, neither data nor answers. Source: RFC 2217, section 5. */
  suspend(): void {
    this.#suspended ??= []
  }

  resume(): void {
    const waiting = this.#suspended ?? []
    this.#suspended = undefined
    this.#suspendedBytes = 0
    for (const bytes of waiting) this.#socket.write(bytes)
    this.#release()
  }
}
