import type { Socket } from 'node:net'
import type { Log, Subject } from '../log.ts'
import { shown } from '../place.ts'
import type { DoorKind, Limits } from '../share.ts'
import type { Guard } from './guard.ts'

/** Where a door belongs to, and what holds for all who come. */
export interface Doorway {
  readonly port: string
  readonly kind: DoorKind
  readonly limits: Limits
  readonly guard: Guard
  readonly log: Log
}

/** One that was sent away is given so long (ms) to hear it. */
const patience = 1000

/** A connection, from its coming to its going. */
export class Visitor {
  readonly subject: Subject
  readonly address: string
  /** Its connection, below TLS where there is TLS. */
  readonly raw: Socket
  readonly #doorway: Doorway
  readonly #limit: NodeJS.Timeout
  #state: 'coming' | 'in' | 'out' = 'coming'

  /** Lets a connection come, or ends it and gives undefined. */
  static admit(raw: Socket, doorway: Doorway): Visitor | undefined {
    // What it does to its own connection is no failure of ours.
    raw.on('error', () => {})
    const { remoteAddress: address, remotePort = 0 } = raw
    const { guard, kind: door, log, port } = doorway
    // It has gone already.
    if (address === undefined) return void raw.destroy()
    const subject = { port, door, address, peer: shown(address, remotePort) }
    const refusal = guard.admit(address)
    if (refusal === undefined) return new Visitor(raw, address, subject, doorway)
    log.tell(subject, 'refused', refusal)
    return void raw.destroy()
  }

  private constructor(raw: Socket, address: string, subject: Subject, doorway: Doorway) {
    this.raw = raw
    this.address = address
    this.subject = subject
    this.#doorway = doorway
    const { handshake } = doorway.limits
    this.#limit = setTimeout(() => this.refuse(`not let in within ${handshake / 1000} s`), handshake)
    raw.once('close', () => this.#gone())
  }

  /** Sends it away; `last` is what it is still told, where there is a way to tell it. */
  refuse(why: string, last?: () => void): void {
    if (this.#state === 'out') return
    this.#doorway.log.tell(this.subject, 'refused', why)
    if (this.#state === 'coming') this.#settle('out')
    if (last === undefined) this.raw.destroy()
    else {
      last()
      setTimeout(() => this.raw.destroy(), patience).unref()
    }
  }

  /** The server stops: who is not in yet comes too late. */
  turnAway(): void {
    if (this.#state === 'coming') this.refuse('the server stops')
  }

  /** A wrong token. */
  deny(why: string, last: () => void): void {
    this.#doorway.guard.failed(this.address)
    this.refuse(why, last)
  }

  /** It comes in; false where it was sent away. */
  enter(): boolean {
    if (this.#state !== 'coming') return false
    const refusal = this.#doorway.guard.enter()
    if (refusal !== undefined) {
      this.refuse(refusal)
      return false
    }
    this.#settle('in')
    return true
  }

  /** Nothing is done for it any more that has come in. */
  left(): void {
    this.#doorway.guard.left()
  }

  #settle(state: 'in' | 'out'): void {
    clearTimeout(this.#limit)
    this.#state = state
    this.#doorway.guard.settled(this.address)
  }

  #gone(): void {
    if (this.#state === 'coming') {
      this.#doorway.log.tell(this.subject, 'gone', 'before it was let in')
      this.#settle('out')
    } else if (this.#state === 'in') this.#doorway.guard.gone()
    this.#state = 'out'
  }
}
