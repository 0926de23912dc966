import { readParameters } from '../parameters.ts'
import type { Parameter } from '../parameters.ts'
import type { Room } from '../room.ts'
import type { PortUrl } from '../url.ts'

/** pySerial's own names. They differ in how they wait, which no port here does in any of their ways. */
const classes = ['Serial', 'PosixPollSerial', 'VTIMESerial']

const known: Parameter<string> = {
  allowed: `${classes.join(', ')}, which are all the same here`,
  read: (name = '') => (classes.includes(name) ? name : undefined),
}

function portOf(url: PortUrl): string {
  const at = url.target.lastIndexOf('?')
  if (at < 0) return url.target
  readParameters(url, url.target.slice(at + 1), { class: known })
  return url.target.slice(0, at)
}

/** `alt://<port>[?class=…]`: in pySerial another class for the same port; here the port. */
export const room: Room = {
  prepare: async (url, context) => context.prepare(portOf(url)),
  prepareSync: (url, context) => context.prepare(portOf(url)),
}
