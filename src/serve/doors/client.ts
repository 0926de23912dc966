import type { Seat } from '../seat.ts'
import type { Presence } from './presence.ts'

/** Somebody who has come in. */
export interface Client {
  /** Resolves when it has gone: why, where that is not simply that it went. */
  readonly closed: Promise<string | undefined>
  /** Asks it whether it is there, where there is a way to. */
  ask(): void
  /** Says goodbye; resolves when that is done, soon in any case. */
  close(): Promise<void>
}

/** The way to a client that bytes alone go to. */
export interface Wire {
  /** Bytes that wait to be sent. */
  readonly waiting: number
  /** Sends; `sent` is called when there may be room for more. */
  send(bytes: Uint8Array, sent: () => void): void
  /** Asks the other side whether it is there, where there is a way to. */
  ask?(): void
  /** Gives the client no room to send more, or does. */
  hold(on: boolean): void
  /** Says goodbye. */
  end(): Promise<void>
  /** Cuts the connection. */
  destroy(): void
}

/** Gives a client the seat that it has taken. What is heard of it is told to its presence. */
export type Welcome = (seat: Seat, presence: Presence) => Client
