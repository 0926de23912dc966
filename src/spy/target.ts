import { present, readParameters, text, partsOf } from '../parameters.ts'
import { refused } from '../url.ts'
import type { PortUrl } from '../url.ts'

/** What is spied on, and how it is written down. */
export interface Target {
  /** The path or URL of the port. */
  readonly port: string
  readonly file: string | undefined
  readonly color: boolean
  readonly raw: boolean
  readonly all: boolean
}

const known = { file: text, color: present, raw: present, all: present }

/**
 * `spy://<port>[?file=<file>][&color][&raw][&all]`. Behind the last question mark stand parameters; those that are not
 * ours belong to the URL of the port. Throws `INVALID_OPTION`.
 */
export function targetOf(url: PortUrl): Target {
  const at = url.target.lastIndexOf('?')
  const place = at < 0 ? url.target : url.target.slice(0, at)
  const parts = at < 0 ? [] : partsOf(url.target.slice(at + 1))
  const isOurs = ({ name }: { name: string }) => Object.hasOwn(known, name)
  // A path has no parameters: there all are ours, and those that are not known are refused.
  const isUrl = place.includes('://')
  const ours = isUrl ? parts.filter(isOurs) : parts
  const theirs = parts.filter((part) => !ours.includes(part)).map(({ part }) => part)
  const port = theirs.length === 0 ? place : `${place}?${theirs.join('&')}`
  if (port === '') throw refused(url, 'a port is missing, as in spy:///dev/ttyUSB0 or spy://loop://')
  const { all, color, file, raw } = readParameters(url, ours.map(({ part }) => part).join('&'), known)
  return { port, file, color: color === true, raw: raw === true, all: all === true }
}
