import type { DataBits, FlowControl, Parity, StopBits } from '../index.ts'
import type { Parameter } from '../parameters.ts'

/** What a share says of itself, by the names that the command line and a configuration file have in common. */

/** A map, since an object has more keys than are written here. */
const levels: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['true', true],
  ['no', false],
  ['false', false],
])

const isOn: Parameter<boolean> = {
  allowed: 'yes or no',
  read: (text = '') => levels.get(text.toLowerCase()),
}

function whole(least: number, most: number, what: string): Parameter<number> {
  return {
    allowed: `${what} from ${least} to ${most}`,
    read(text = '') {
      const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN
      return value >= least && value <= most ? value : undefined
    },
  }
}

/** Seconds, as ms. */
function seconds(least: number, most: number): Parameter<number> {
  return {
    allowed: `seconds from ${least} to ${most}`,
    read(text = '') {
      const value = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN
      return value >= least && value <= most ? value * 1000 : undefined
    },
  }
}

function oneOf<const T extends string | number>(values: readonly T[]): Parameter<T> {
  return {
    allowed: `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`,
    read: (text) => values.find((value) => String(value) === text),
  }
}

const file: Parameter<string> = {
  allowed: 'the name of a file',
  read: (text = '') => (text === '' ? undefined : text),
}

/** Where a door is. */
export interface Place {
  readonly host: string
  readonly port: number
}

const place: Parameter<Place> = {
  allowed: '[host:]port, with a port from 0 (any that is free) to 65535 and an IPv6 address in brackets',
  read(text = '') {
    // A link-local address is none without its zone. Source: RFC 4007, section 11.
    const [, bracketed, name, digits = ''] =
      /^(?:(?:\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|([^\s:[\]]+)):)?(\d{1,5})$/.exec(text) ?? []
    const port = digits === '' ? Infinity : Number(digits)
    return port <= 65_535 ? { host: bracketed ?? name ?? '127.0.0.1', port } : undefined
  },
}

/** As browsers tell them. Source: RFC 6454, section 6.2. */
const origins: Parameter<readonly string[]> = {
  allowed:
    'origins of web pages as browsers send them, such as https://example.org: in small letters, without a path and the usual port; separated by blanks',
  read(text = '') {
    const given = text.split(/\s+/).filter((part) => part !== '')
    return given.length > 0 && given.every(isOrigin) ? given : undefined
  },
}

/** Otherwise it would match no page. Not by `URL.origin`, which knows none of the schemes of extensions and apps. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { host, protocol } = new URL(text)
  return host !== '' && text === `${protocol}//${host}`
}

/** Everything that may be said, and what it comes to. */
export interface ShareValues {
  rfc2217: Place
  tcp: Place
  websocket: Place
  'tls-cert': string
  'tls-key': string
  'token-file': string
  insecure: boolean
  origins: readonly string[]
  watchers: boolean
  'max-clients': number
  'max-rate': number
  'max-buffer': number
  'stall-timeout': number
  'handshake-timeout': number
  'answer-timeout': number
  'idle-timeout': number
  baud: number
  'data-bits': DataBits
  parity: Parity
  'stop-bits': StopBits
  flow: FlowControl
  dtr: boolean
  rts: boolean
  exclusive: boolean
}

export const keys: { readonly [Key in keyof ShareValues]: Parameter<ShareValues[Key]> } = {
  rfc2217: place,
  tcp: place,
  websocket: place,
  'tls-cert': file,
  'tls-key': file,
  'token-file': file,
  insecure: isOn,
  origins,
  watchers: isOn,
  'max-clients': whole(1, 10_000, 'a whole number'),
  'max-rate': whole(1, 10_000, 'connections a second'),
  'max-buffer': whole(4096, 1024 ** 3, 'bytes'),
  'stall-timeout': seconds(0.1, 86_400),
  'handshake-timeout': seconds(0.1, 3600),
  'answer-timeout': seconds(0.3, 86_400),
  'idle-timeout': seconds(0.1, 86_400),
  baud: whole(1, 0xffffffff, 'bit/s'),
  'data-bits': oneOf([5, 6, 7, 8]),
  parity: oneOf(['none', 'even', 'odd', 'mark', 'space']),
  'stop-bits': oneOf([1, 1.5, 2]),
  flow: oneOf(['none', 'hardware', 'software', 'dsr-dtr']),
  dtr: isOn,
  rts: isOn,
  exclusive: isOn,
}
