import { inspect } from 'node:util'
import { SerialError } from './errors.ts'
import { invalid } from './validate.ts'

/** A port that is named by a URL: `socket://localhost:4000?timeout=3`. */
export interface PortUrl {
  /** As it was given. */
  readonly href: string
  /** Its kind, in lower case: `socket`. */
  readonly scheme: string
  /** All that stands behind `://`, as it was given; each scheme reads it in a way of its own. */
  readonly target: string
}

/**
 * RFC 3986, section 3.1. Two slashes tell a URL from a Windows path such as `C:\…`, and so does a second letter, since
 * Windows takes `C://…` for a path as well.
 */
const scheme = /^([a-z][a-z0-9+.-]+):\/\/(.*)$/is

/** The device that a path names, or what a URL says; throws `INVALID_OPTION`. */
export function parseTarget(path: unknown): string | PortUrl {
  if (typeof path !== 'string' || path === '')
    throw invalid('path', path, 'the name of a port, such as /dev/ttyUSB0 or COM3, or a URL')
  const [, name, target = ''] = scheme.exec(path) ?? []
  return name === undefined ? path : { href: path, scheme: name.toLowerCase(), target }
}

/** Undoes percent-encoding; throws `INVALID_OPTION`. */
export function decode(url: PortUrl, part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw refused(url, `${inspect(part)} is no percent-encoded text; write %25 for a percent sign`)
  }
}

/** `INVALID_OPTION`, naming the part of a URL, what it is and what it may be. */
export function notAllowed(url: PortUrl, name: string, value: unknown, allowed: string): SerialError {
  const found = value === undefined ? 'missing' : inspect(value)
  return refused(url, `${name} is ${found}; allowed: ${allowed}`)
}

/** `INVALID_OPTION`, for a URL that says what can not be. */
export function refused(url: PortUrl, why: string): SerialError {
  return new SerialError('INVALID_OPTION', `${url.href}: ${why}`, { path: url.href })
}
