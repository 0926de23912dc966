import type { SerialOptions } from '../index.ts'

/** How clients come in. */
export const doorKinds = ['rfc2217', 'tcp', 'websocket'] as const
export type DoorKind = (typeof doorKinds)[number]

/** Where a door is to be. */
export interface DoorPlan {
  readonly kind: DoorKind
  /** A name or an address. */
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
}

/** What a client may use up. */
export interface Limits {
  /** Clients of a door at a time. */
  readonly clients: number
  /** Bytes that wait for one client. */
  readonly buffer: number
  /** So long (ms) may a writer that takes nothing hold the port up when others are there. */
  readonly stall: number
  /** So long (ms) may a client take until it is let in. */
  readonly handshake: number
  /** So long (ms) may a writer leave the question unanswered whether it is there, when others are. */
  readonly answer: number
  /** After so long (ms) without a byte from it a client is sent away; Infinity: never. */
  readonly idle: number
  /** New connections a second from one address. */
  readonly rate: number
}

/** A port, and how it is shared. */
export interface Share {
  /** A path or a URL. */
  readonly port: string
  readonly options: SerialOptions
  readonly doors: readonly DoorPlan[]
  /** Whether others are let in, to watch, while a client has the port. */
  readonly watchers: boolean
  /** Other addresses than loopback without TLS and a token. */
  readonly insecure: boolean
  /** Files in PEM. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  readonly tokenFile: string | undefined
  /** Of web pages that may connect, as browsers tell them: `https://example.org`. */
  readonly origins: readonly string[]
  readonly limits: Limits
  /** Where each key was written, for messages. */
  readonly places: ReadonlyMap<string, string>
}
