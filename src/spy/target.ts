import { around, present, readParameters, text } from '../parameters.ts'
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

/** `spy://<port>[?file=<file>][&color][&raw][&all]`. Throws `INVALID_OPTION`. */
export function targetOf(url: PortUrl): Target {
  const { port, query } = around(url.target, known)
  if (port === '') throw refused(url, 'a port is missing, as in spy:///dev/ttyUSB0 or spy://loop://')
  const { all, color, file, raw } = readParameters(url, query, known)
  return { port, file, color: color === true, raw: raw === true, all: all === true }
}
