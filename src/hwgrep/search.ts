import { SerialError } from '../errors.ts'
import type { PortInfo } from '../native/index.ts'
import type { PortUrl } from '../url.ts'
import { describe, matches } from './pattern.ts'
import type { Pattern } from './pattern.ts'

/** A port to be opened, and what to do when it is open: keep it, or close it and look on. */
export interface Candidate {
  readonly path: string
  readonly keep: boolean
}

/**
 * Goes through the ports that match, with each step's outcome told to `next`: the port to open, until one is kept. The
 * asynchronous and the blocking search share it.
 */
export class Search {
  readonly #url: PortUrl
  readonly #pattern: Pattern
  readonly #ports: readonly PortInfo[]
  readonly #found: readonly PortInfo[]
  #at: number
  #free = 0
  #busy: SerialError | undefined

  constructor(url: PortUrl, pattern: Pattern, ports: readonly PortInfo[]) {
    this.#url = url
    this.#pattern = pattern
    this.#ports = ports
    this.#found = matches(ports, pattern.expression)
    // Where busy ports count, those before the n-th are of no interest.
    this.#at = pattern.skipBusy ? 0 : pattern.n - 1
  }

  /** The next port to open; throws `PORT_NOT_FOUND` or `PORT_BUSY` when there is none. */
  next(): Candidate {
    const port = this.#found[this.#at++]
    if (port === undefined) throw this.#nothing()
    return { path: port.path, keep: !this.#pattern.skipBusy || this.#free === this.#pattern.n - 1 }
  }

  /** A port was opened that is not to be kept: it is free, and there are others to be counted. */
  wasFree(): void {
    this.#free++
  }

  /** A port could not be opened; throws unless the search goes on. */
  failed(error: unknown): void {
    const busy = error instanceof SerialError && error.code === 'PORT_BUSY'
    if (!busy || !this.#pattern.skipBusy) throw error
    this.#busy = error
  }

  #nothing(): SerialError {
    const { href } = this.#url
    const { n } = this.#pattern
    const list = (ports: readonly PortInfo[]) => ports.map(describe).join('; ')
    const details = { path: href, ...(this.#busy === undefined ? {} : { cause: this.#busy }) }
    if (this.#busy !== undefined && this.#free === 0) {
      const message = `${href}: every port that matches is busy: ${list(this.#found)}`
      return new SerialError('PORT_BUSY', message, details)
    }
    const found = this.#found.length
    const what =
      found === 0
        ? `no port matches; ${this.#ports.length === 0 ? 'there is no serial port at all' : `there are ${list(this.#ports)}`}`
        : `there is no match number ${n}${this.#pattern.skipBusy ? ' that is free' : ''}; there are ${list(this.#found)}`
    return new SerialError('PORT_NOT_FOUND', `${href}: ${what}`, details)
  }
}
