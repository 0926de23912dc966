import { inspect } from 'node:util'
import type { SerialError } from './errors.ts'
import { decode, notAllowed, refused } from './url.ts'
import type { PortUrl } from './url.ts'

/** What one parameter of a URL accepts, and what it makes of the text. */
export interface Parameter<T> {
  /** For messages. */
  readonly allowed: string
  /** Gives undefined for what is not allowed. The text is missing where there is no equals sign. */
  read(text: string | undefined): T | undefined
}

/** A parameter that is there or not: `color`. */
export const present: Parameter<true> = {
  allowed: 'the name alone, or 1 or true',
  read: (text = '') => (['', '1', 'true'].includes(text.toLowerCase()) ? true : undefined),
}

export const text: Parameter<string> = {
  allowed: 'a text, not empty',
  read: (value = '') => (value === '' ? undefined : value),
}

/** Seconds, as pySerial has them; read as ms. */
export const seconds: Parameter<number> = {
  allowed: 'seconds from 0.001 to 86400',
  read(value = '') {
    const ms = /^\d*\.?\d+$/.test(value) ? Math.round(Number(value) * 1000) : 0
    return ms >= 1 && ms <= 86_400_000 ? ms : undefined
  },
}

/** A whole number from 1. */
export const ordinal: Parameter<number> = {
  allowed: 'a whole number from 1',
  read: (value = '') => (/^[1-9]\d{0,8}$/.test(value) ? Number(value) : undefined),
}

/** Of each parameter what was read; absent where it was not given. */
export type Values<P> = { readonly [Name in keyof P]?: P[Name] extends Parameter<infer T> ? T : never }

/** The parts of `name=value&name…`, as they were given. */
function partsOf(query: string): { readonly name: string; readonly part: string }[] {
  const parts = query.split('&').filter((part) => part !== '')
  return parts.map((part) => ({ name: part.split('=', 1)[0] ?? '', part }))
}

/** Reads `name=value&name…` as forms write it: a plus is a blank, `%26` an `&`. Throws `INVALID_OPTION`. */
export function readParameters<P extends Readonly<Record<string, Parameter<unknown>>>>(
  url: PortUrl,
  query: string,
  known: P,
): Values<P> {
  const values: Record<string, unknown> = {}
  for (const { name: encoded, part } of partsOf(query)) {
    const name = decoded(url, encoded)
    const parameter = Object.hasOwn(known, name) ? known[name] : undefined
    if (parameter === undefined) throw unknownParameter(url, name, Object.keys(known))
    if (Object.hasOwn(values, name)) throw refused(url, `the parameter ${name} is there more than once`)
    const given = part === encoded ? undefined : decoded(url, part.slice(encoded.length + 1))
    const value = parameter.read(given)
    if (value === undefined) throw notAllowed(url, name, given, parameter.allowed)
    values[name] = value
  }
  return values as Values<P>
}

/** What a URL says that stands around another port. */
export interface Around {
  /** The path or URL of the port, with the parameters that are its own. */
  readonly port: string
  /** The parameters that are not. */
  readonly query: string
}

/**
 * Behind the last question mark stand parameters; those that are not known here belong to the URL of the port. A path has none, so there
 * all are ours, and those that are not known are refused.
 */
export function around(target: string, known: Readonly<Record<string, unknown>>): Around {
  const at = target.lastIndexOf('?')
  const place = at < 0 ? target : target.slice(0, at)
  const parts = at < 0 ? [] : partsOf(target.slice(at + 1))
  const ours = place.includes('://') ? parts.filter(({ name }) => Object.hasOwn(known, name)) : parts
  const theirs = parts.filter((part) => !ours.includes(part)).map(({ part }) => part)
  const port = theirs.length === 0 ? place : `${place}?${theirs.join('&')}`
  return { port, query: ours.map(({ part }) => part).join('&') }
}

function decoded(url: PortUrl, part: string): string {
  return decode(url, part.replaceAll('+', ' '))
}

function unknownParameter(url: PortUrl, name: string, known: readonly string[]): SerialError {
  if (name === 'logging') {
    return refused(
      url,
      `logging is a matter of the port around it: open spy://${withoutLogging(url)} instead`,
    )
  }
  const others = known.length === 0 ? 'it has none' : `known are ${known.join(', ')}`
  return refused(url, `${url.scheme}:// has no parameter ${inspect(name)}; ${others}`)
}

function withoutLogging({ href }: PortUrl): string {
  return href.replace(/([?&])logging(?:=[^&]*)?(&?)/, (_, before: string, after: string) => after && before)
}
