import { iac, sb, se, verbs } from './telnet.ts'
import type { Verb } from './telnet.ts'

/** Who hears what a Telnet stream says, in its order. */
export interface TelnetSink {
  /** The memory is that of the chunk. */
  data(bytes: Uint8Array): void
  negotiation(verb: Verb, option: number): void
  /** The memory is the parser's again when the call returns. */
  subnegotiation(option: number, body: Uint8Array): void
}

/** A longer sub-negotiation is passed over: those of RFC 2217 have a few bytes, and a signature is a line of text. */
const longestBody = 1024

/** What the next byte is: data, what follows an IAC, the option of a verb, or a part of a sub-negotiation. */
type State = 'data' | 'command' | Verb | 'option' | 'body' | 'bodyCommand'

const verbOf: ReadonlyMap<number, Verb> = new Map(
  Object.entries(verbs).map(([verb, code]) => [code, verb as Verb]),
)

/** Takes a Telnet stream apart. Whatever comes, it goes on; what makes no sense is passed over. */
export class TelnetParser {
  readonly #sink: TelnetSink
  readonly #body: Uint8Array = new Uint8Array(longestBody)
  #length = 0
  #option = 0
  #state: State = 'data'

  constructor(sink: TelnetSink) {
    this.#sink = sink
  }

  /** What each byte does, by what it is taken for; in data a byte is looked at only behind an IAC. */
  readonly #transitions: Readonly<Record<Exclude<State, 'data'>, (byte: number) => State>> = {
    command: (byte) => this.#command(byte),
    will: (byte) => this.#negotiated('will', byte),
    wont: (byte) => this.#negotiated('wont', byte),
    do: (byte) => this.#negotiated('do', byte),
    dont: (byte) => this.#negotiated('dont', byte),
    option: (byte) => this.#begin(byte),
    body: (byte) => (byte === iac ? 'bodyCommand' : this.#add(byte)),
    bodyCommand: (byte) => {
      if (byte === iac) return this.#add(byte)
      if (byte === se) return this.#finish()
      // Its end was lost: what was begun is given up, and this is a command like any other.
      return this.#command(byte)
    },
  }

  /** Takes the next bytes. The memory is used for what comes out. */
  receive(chunk: Uint8Array): void {
    // Data is moved together as IACs fall out, so that a chunk without commands comes out in one piece.
    const { byteLength } = chunk
    let begin = 0
    let end = 0
    for (let at = 0; at < byteLength;) {
      if (this.#state === 'data') {
        const found = chunk.indexOf(iac, at)
        const stop = found === -1 ? byteLength : found
        if (end !== at) chunk.copyWithin(end, at, stop)
        end += stop - at
        at = stop
        // One by one: a run of them is not worth a search each.
        for (; chunk[at] === iac && chunk[at + 1] === iac; at += 2) chunk[end++] = iac
        if (chunk[at] !== iac) continue
        at++
        this.#state = 'command'
        continue
      }
      const byte = chunk[at++] as number
      if (this.#state === 'command' && byte === iac) {
        chunk[end++] = iac
        this.#state = 'data'
        continue
      }
      // What came before is told before whatever this byte completes.
      if (end > begin) this.#sink.data(chunk.subarray(begin, end))
      begin = end = at
      this.#state = this.#transitions[this.#state](byte)
    }
    if (end > begin) this.#sink.data(chunk.subarray(begin, end))
  }

  /** Others than these have no meaning here: go-ahead, interrupt and their like. */
  #command(byte: number): State {
    return byte === sb ? 'option' : (verbOf.get(byte) ?? 'data')
  }

  #negotiated(verb: Verb, option: number): State {
    this.#sink.negotiation(verb, option)
    return 'data'
  }

  #begin(option: number): State {
    this.#option = option
    this.#length = 0
    return 'body'
  }

  #add(byte: number): State {
    if (this.#length < longestBody) this.#body[this.#length] = byte
    this.#length++
    return 'body'
  }

  #finish(): State {
    if (this.#length <= longestBody) {
      this.#sink.subnegotiation(this.#option, this.#body.subarray(0, this.#length))
    }
    return 'data'
  }
}
