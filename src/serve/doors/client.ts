import type { Seat } from '../seat.ts'

/** Somebody who has come in. */
export interface Client {
  /** Resolves when it has gone: why, where that is not simply that it went. */
  readonly closed: Promise<string | undefined>
  /** Says goodbye; resolves when that is done, soon in any case. */
  close(): Promise<void>
}

/** The way to a client that bytes alone go to. */
export interface Wire {
  /** Bytes that wait to be sent. */
  readonly waiting: number
  /** Sends; `sent` is called when there may be room for more. */
  send(bytes: Uint8Array, sent: () => void): void
  /** Gives the client no room to send more, or does. */
  hold(on: boolean): void
  /** Says goodbye. */
  end(): Promise<void>
  /** Cuts the connection. */
  destroy(): void
}

/** Gives a client the seat that it has taken. */
export type Welcome = (seat: Seat) => Client
