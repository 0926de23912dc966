import { isIPv6 } from 'node:net'
import type { Limits } from '../share.ts'

/** Connections of one address, and of all, that may be on their way in at a time. */
const mostPending = { each: 8, all: 64 } as const

/** Wrong tokens from an address, within a {@link memory}, after which it is not listened to. */
const mostFailures = 5

/** So long is an address remembered for what it did, in ms. */
const memory = 60_000

/** Addresses that are remembered; of more, the oldest are forgotten. */
const mostAddresses = 10_000

/** What is known of an address. */
interface Conduct {
  /** Connections that it may make now. */
  allowance: number
  /** When that was counted, in ms. */
  at: number
  failures: number
  /** When the first of these was, in ms. */
  failedAt: number
  pending: number
}

/** Neighbours in a network of IPv6 are one: whoever has one address there has all. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)
  if (mapped?.[1] !== undefined) return mapped[1]
  // Two colons stand for as many zeros as are missing. Source: RFC 4291, section 2.2.
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':'))
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0')
  const words = address.includes('::') ? [...head, ...zeros, ...tail] : head
  return words
    .slice(0, 4)
    .map((word) => Number.parseInt(word || '0', 16).toString(16))
    .join(':')
}

/** Who may come in at a door: not too many at a time, not too often, and not after too many wrong tokens. */
export class Guard {
  readonly #limits: Limits
  readonly #now: () => number
  readonly #known: Map<string, Conduct> = new Map()
  #pending = 0
  #clients = 0
  /** Also those whose bytes are still to leave. */
  #served = 0

  /** @param now - ms, of a clock that nobody sets */
  constructor(limits: Limits, now: () => number = () => performance.now()) {
    this.#limits = limits
    this.#now = now
  }

  #conductOf(address: string): Conduct {
    const network = networkOf(address)
    const now = this.#now()
    const { rate } = this.#limits
    const conduct = this.#known.get(network) ?? {
      allowance: rate * 2,
      at: now,
      failures: 0,
      failedAt: 0,
      pending: 0,
    }
    conduct.allowance = Math.min(rate * 2, conduct.allowance + ((now - conduct.at) / 1000) * rate)
    conduct.at = now
    if (now - conduct.failedAt > memory) conduct.failures = 0
    // Those that came last stand at the end.
    this.#known.delete(network)
    this.#known.set(network, conduct)
    this.#forget()
    return conduct
  }

  #forget(): void {
    for (const [network, { pending }] of this.#known) {
      if (this.#known.size <= mostAddresses) return
      if (pending === 0) this.#known.delete(network)
    }
  }

  /** A connection comes; why it must not, or undefined. One that may is to be given to {@link settled} in the end. */
  admit(address: string): string | undefined {
    const conduct = this.#conductOf(address)
    if (conduct.failures >= mostFailures) return 'too many wrong tokens; it may try again in a minute'
    if (conduct.allowance < 1) return `more than ${this.#limits.rate} connections a second`
    conduct.allowance--
    const tooMany = conduct.pending >= mostPending.each || this.#pending >= mostPending.all
    if (tooMany) return 'too many connections are on their way in'
    conduct.pending++
    this.#pending++
    return undefined
  }

  /** A connection is not on its way in any more. */
  settled(address: string): void {
    this.#conductOf(address).pending--
    this.#pending--
  }

  /**
   * One that has shown its token, where there is one, becomes a client; why it must not, or undefined. It is to be given to
   * {@link gone} and {@link left}.
   */
  enter(): string | undefined {
    const { clients } = this.#limits
    if (this.#clients >= clients) return `there are ${clients} clients already`
    // Each holds memory, and a slow line takes its time for it; that some still leave does not keep out the next.
    if (this.#served >= clients * 2) return `what ${clients * 2} clients have sent is still to leave`
    this.#clients++
    this.#served++
    return undefined
  }

  /** The connection of a client is over. */
  gone(): void {
    this.#clients--
  }

  /** What a client has left behind is done with as well. */
  left(): void {
    this.#served--
  }

  /** A wrong token. */
  failed(address: string): void {
    const conduct = this.#conductOf(address)
    if (conduct.failures === 0) conduct.failedAt = this.#now()
    conduct.failures++
  }
}
