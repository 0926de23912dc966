import { isIPv6 } from 'node:net'
import { readParameters, seconds } from '../parameters.ts'
import { decode, notAllowed, refused } from '../url.ts'
import type { PortUrl } from '../url.ts'
import { securityOf, securityParameters } from './security.ts'
import type { Security } from './security.ts'

/** Where to connect to. */
export interface Place {
  readonly host: string
  readonly port: number
}

/** Where to connect to, how long to try, and what protects it. */
export interface Address extends Place {
  readonly security?: Security
  /** ms */
  readonly timeout: number
}

/** As long as pySerial waits, in ms. */
const defaultTimeout = 5000

/** `socket://<host>:<port>[?timeout=<seconds>]`, and with an s what protects it; an IPv6 address stands in brackets. Throws `INVALID_OPTION`. */
export function addressOf(url: PortUrl): Address {
  const { query, ...place } = placeOf(url)
  const { timeout = defaultTimeout, ...given } = readParameters(url, query, {
    timeout: seconds,
    ...securityParameters,
  })
  return { ...place, timeout, security: securityOf(url, place, given) }
}

/** `<host>:<port>[?<query>]`, as all URLs begin that name a place on the network. Throws `INVALID_OPTION`. */
export function placeOf(url: PortUrl): Place & { readonly query: string } {
  const [, place = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(url.target) ?? []
  return { ...hostAndPort(url, place), query }
}

/** Source: RFC 3986, section 3.2. */
const authority = /^(?:(.*)@)?(\[[^\]]*\]|[^:]*)(?::(.*?))?\/?$/s

function hostAndPort(url: PortUrl, place: string): Place {
  const [whole, user, host = '', port] = authority.exec(place) ?? []
  if (whole === undefined)
    throw notAllowed(url, 'the address', place, '<host>:<port>, an IPv6 host in brackets: [::1]:4000')
  if (user !== undefined)
    throw refused(url, `${url.scheme}:// knows no users: leave out what stands before the @`)
  return { host: hostOf(url, host), port: portOf(url, port) }
}

function hostOf(url: PortUrl, given: string): string {
  const bracketed = given.startsWith('[')
  const host = decode(url, bracketed ? given.slice(1, -1) : given)
  // A zone names the interface of a link-local address: [fe80::1%25eth0]. Source: RFC 6874.
  const valid = bracketed ? isIPv6(host) : /^[^\s:/?#[\]@\0]+$/.test(host)
  if (valid) return host
  throw notAllowed(url, 'the host', given, 'a name, an IPv4 address, or an IPv6 address in brackets')
}

function portOf(url: PortUrl, given: string | undefined): number {
  const port = given !== undefined && /^\d{1,5}$/.test(given) ? Number(given) : 0
  if (port >= 1 && port <= 65_535) return port
  throw notAllowed(url, 'the port', given, 'a number from 1 to 65535, behind a colon')
}
