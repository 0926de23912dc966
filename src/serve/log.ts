import { withoutToken } from '../errors.ts'
import type { DoorKind } from './share.ts'

/** Whom or what a line is about. */
export interface Subject {
  /** Path or URL of the port. */
  readonly port: string
  readonly door?: DoorKind
  /** Address of the client. */
  readonly address?: string
  /** Address and number, as `127.0.0.1:50000`. */
  readonly peer?: string
}

export type LogFormat = 'text' | 'json'

/** Lines of a kind from one address that are written within a {@link window}; the others are counted. */
const mostAlike = 10

/** ms */
const window = 1000

/** Kinds that are counted apart; beyond, all others count as one. */
const mostKinds = 1000

/** What clients say stands in the log as text, whatever it is. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  })
}

/** What is counted together. */
interface Kind {
  count: number
  readonly subject: Subject
  readonly event: string
  /** Of the first. */
  readonly detail: string | undefined
}

/** Who did what: a line for each event. Nobody can make it long by doing the same again and again. */
export class Log {
  readonly #format: LogFormat
  readonly #write: (line: string) => void
  readonly #counts: Map<string, Kind> = new Map()
  #timer: NodeJS.Timeout | undefined

  constructor(format: LogFormat, write: (line: string) => void) {
    this.#format = format
    this.#write = write
  }

  /** @param event - what happened, in words that stay the same */
  tell(subject: Subject, event: string, detail?: string): void {
    // Numbers and names that stand in the details make no other kind of it.
    const likeness = detail?.replaceAll(/\d+/g, '').slice(0, 24)
    const kind = `${subject.port} ${subject.door} ${subject.address} ${event} ${likeness}`
    const key = this.#counts.has(kind) || this.#counts.size < mostKinds ? kind : event
    const entry = this.#counts.get(key) ?? { count: 0, subject, event, detail }
    entry.count++
    this.#counts.set(key, entry)
    this.#timer ??= setTimeout(() => this.#sum(), window).unref()
    if (entry.count <= mostAlike) this.#line(subject, event, detail)
  }

  /** The window is over: what was counted is told. */
  #sum(): void {
    this.#timer = undefined
    for (const { count, detail, event, subject } of this.#counts.values()) {
      const { address, door, port } = subject
      const whose = { port, ...(door && { door }), ...(address && { address }) }
      const more = `${count - mostAlike} more times${detail === undefined ? '' : `, such as: ${detail}`}`
      if (count > mostAlike) this.#line(whose, event, more)
    }
    this.#counts.clear()
  }

  /** Tells what was only counted so far. */
  end(): void {
    clearTimeout(this.#timer)
    this.#sum()
  }

  #out(line: string): void {
    this.#write(withoutToken(line))
  }

  #line({ address, door, peer = address, port }: Subject, event: string, detail: string | undefined): void {
    const time = new Date().toISOString()
    if (this.#format === 'json') {
      this.#out(`${printable(JSON.stringify({ time, port, door, peer, event, detail }))}\n`)
      return
    }
    const who = [port, door, peer].filter((part) => part !== undefined).join(' ')
    this.#out(`${time} ${printable(`${who} ${event}${detail === undefined ? '' : `: ${detail}`}`)}\n`)
  }
}
