import { around, readParameters } from '../parameters.ts'
import type { Parameter } from '../parameters.ts'
import type { Room } from '../room.ts'
import type { PortUrl } from '../url.ts'

/** pySerial's own names. They differ in how they wait, which no port here does in any of their ways. */
const classes = ['Serial', 'PosixPollSerial', 'VTIMESerial']

const known: { readonly class: Parameter<string> } = {
  class: {
    allowed: `${classes.join(', ')}, which are all the same here`,
    read: (name = '') => (classes.includes(name) ? name : undefined),
  },
}

function portOf(url: PortUrl): string {
  const { port, query } = around(url.target, known)
  readParameters(url, query, known)
  return port
}

/** `alt://<port>[?class=…]`: in pySerial another class for the same port; here the port. */
export const room: Room = {
  prepare: async (url, context) => context.prepare(portOf(url)),
  prepareSync: (url, context) => context.prepare(portOf(url)),
}
