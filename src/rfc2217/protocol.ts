import { decode, encode } from './com-port.ts'
import type { Command, Message, Role } from './com-port.ts'
import { Negotiation, refusalOf } from './negotiation.ts'
import type { Side, Step } from './negotiation.ts'
import { TelnetParser } from './telnet-parser.ts'
import { iac, options, timingMark, verbs } from './telnet.ts'
import type { Option, Verb } from './telnet.ts'

/** What the bytes of a connection come to. */
export type ProtocolEvent =
  /** Bytes of the serial line. The memory is that of the chunk. */
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  /** An option is on now, or off: refused, or ended. */
  | { readonly kind: 'option'; readonly option: Option; readonly side: Side; readonly enabled: boolean }
  | { readonly kind: 'message'; readonly message: Message }
  /** The other side has answered that it is there. */
  | { readonly kind: 'here' }
  /** What the protocol itself has to say to the other side. */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }

/** What each role asks for at the beginning; whatever of these the other side asks for, it gets. */
const wanted: Readonly<Record<Role, readonly (readonly [Side, Option])[]>> = {
  client: [
    ['local', 'binary'],
    ['remote', 'binary'],
    ['local', 'suppressGoAhead'],
    ['remote', 'suppressGoAhead'],
    ['local', 'comPort'],
  ],
  server: [
    ['local', 'binary'],
    ['remote', 'binary'],
    ['local', 'suppressGoAhead'],
    ['remote', 'suppressGoAhead'],
    ['remote', 'comPort'],
  ],
}

const other: Readonly<Record<Role, Role>> = { client: 'server', server: 'client' }

const optionOf: ReadonlyMap<number, Option> = new Map(
  Object.entries(options).map(([option, code]) => [code, option as Option]),
)

/**
 * RFC 2217 and the Telnet below it, without any input or output: bytes in, events out; messages in, bytes out. Both sides
 * share it. Its memory is bounded whatever comes.
 */
export class Protocol {
  readonly #role: Role
  readonly #negotiations: Readonly<Record<Option, Negotiation>> = {
    binary: new Negotiation(),
    suppressGoAhead: new Negotiation(),
    comPort: new Negotiation(),
  }
  #events: ProtocolEvent[] = []
  /** How often the other side was asked whether it is there, and has not answered. */
  #unanswered = 0
  readonly #parser: TelnetParser = new TelnetParser({
    data: (bytes) => void this.#events.push({ kind: 'data', bytes }),
    negotiation: (verb, option) => this.#negotiated(verb, option),
    subnegotiation: (option, body) => {
      const message = option === options.comPort ? decode(other[this.#role], body) : undefined
      if (message !== undefined) this.#events.push({ kind: 'message', message })
    },
  })

  constructor(role: Role) {
    this.#role = role
  }

  /** What is sent first. */
  begin(): Uint8Array {
    const offers = wanted[this.#role].flatMap(([side, option]) => {
      const { reply } = this.#negotiations[option].want(side, true)
      return reply === undefined ? [] : [iac, verbs[reply], options[option]]
    })
    return Uint8Array.from(offers)
  }

  /** What the next bytes say. Their memory is used for the data among it. */
  receive(chunk: Uint8Array): ProtocolEvent[] {
    this.#events = []
    this.#parser.receive(chunk)
    return this.#events
  }

  /** A message as it is sent. */
  encode(command: Command, value?: number, text?: string): Uint8Array {
    return encode(this.#role, command, value, text)
  }

  /** Asks the other side whether it is there; for whoever speaks Telnet alone it means nothing else. */
  ask(): Uint8Array {
    this.#unanswered++
    return Uint8Array.of(iac, verbs.do, timingMark)
  }

  isEnabled(side: Side, option: Option): boolean {
    return this.#negotiations[option].isEnabled(side)
  }

  #negotiated(verb: Verb, code: number): void {
    const isAnswer = code === timingMark && this.#unanswered > 0 && (verb === 'will' || verb === 'wont')
    if (isAnswer) {
      this.#unanswered--
      this.#events.push({ kind: 'here' })
      return
    }
    const option = optionOf.get(code)
    if (option === undefined) this.#reply(refusalOf(verb), code)
    else this.#tell(option, this.#negotiations[option].receive(verb))
  }

  #tell(option: Option, { enabled, reply, side }: Step): void {
    this.#reply(reply, options[option])
    if (enabled !== undefined) this.#events.push({ kind: 'option', option, side, enabled })
  }

  #reply(verb: Verb | undefined, code: number): void {
    if (verb !== undefined) this.#events.push({ kind: 'reply', bytes: Uint8Array.of(iac, verbs[verb], code) })
  }
}
