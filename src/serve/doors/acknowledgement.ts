import type { Socket } from 'node:net'
import { nameOf, readUnanswered } from './tcp-table.ts'
import type { Family } from './tcp-table.ts'

/** How often it is looked, in ms. */
const often = 5000

/** A host that is found so often in a row not to acknowledge anything has gone: 15 to 20 s later. */
const mostSilent = 4

/** How it is looked. */
export interface Look {
  /** The connections, by their names, on which nobody answers; rejects where that can't be known. */
  readonly unanswered: (family: Family) => Promise<ReadonlySet<string>>
  /** ms */
  readonly interval: number
}

/**
 * Notices that a host has vanished while it is being sent something. Then TCP does not ask whether it is there, and goes on for
 * many minutes: on Linux 15, unless net.ipv4.tcp_retries2 says otherwise. Elsewhere the system's own time is what there is.
 */
export class Acknowledgement {
  readonly #look: Look
  readonly #watched: Map<Socket, { silent: number; readonly vanished: () => void }> = new Map()
  #isLooking = false
  #timer: NodeJS.Timeout | undefined

  constructor(look: Look = { unanswered: readUnanswered, interval: often }) {
    this.#look = look
  }

  /** Watches a connection until it is closed. */
  watch(socket: Socket, vanished: () => void): void {
    this.#watched.set(socket, { silent: 0, vanished })
    socket.once('close', () => this.#forget(socket))
    this.#timer ??= setInterval(() => void this.#check(), this.#look.interval).unref()
  }

  #forget(socket: Socket): void {
    this.#watched.delete(socket)
    if (this.#watched.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #check(): Promise<void> {
    // On a machine with many connections the table is long: a look that takes longer than the interval counts once.
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      const families = new Set([...this.#watched.keys()].map(({ remoteFamily }) => remoteFamily as Family))
      const found = await Promise.all([...families].map((family) => this.#look.unanswered(family)))
      for (const [socket, entry] of this.#watched) {
        const isSilent = found.some((names) => names.has(nameOf(socket)))
        entry.silent = isSilent ? entry.silent + 1 : 0
        if (entry.silent === mostSilent) entry.vanished()
      }
    } catch {
      // Elsewhere than on Linux there is no such table.
    } finally {
      this.#isLooking = false
    }
  }
}
