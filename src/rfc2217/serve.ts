import type { Socket } from 'node:net'
import type { SerialError } from '../errors.ts'
import { notOpen } from '../failures.ts'
import type { SerialPort } from '../index.ts'
import { takeOptions } from '../validate.ts'
import type { Check } from '../validate.ts'
import { Session } from './server/index.ts'

/** What `serveRfc2217()` accepts. Every member may be left out. */
export interface Rfc2217Options {
  /** What a client is told that asks who this is: up to 200 characters of Latin-1. Default `'baud'`. */
  readonly signature?: string | undefined
}

/** A port in the hands of a client. */
export interface Rfc2217Session {
  /**
   * Resolves when it is over, and the port is as it was before: a break has ended, the line settings are put back, and DTR
   * and RTS are off until the next client comes. A device that is away is as before as soon as it is back, which is not waited for. With
   * the reason where it was the port's, or `REMOTE` for a client that could not be served; never rejects.
   */
  readonly closed: Promise<SerialError | undefined>
  /** Ends it, and the connection with it; the port stays open. What the client wrote is given 2 s to leave. */
  close(): Promise<void>
  /** The same, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>
}

const checks: Readonly<Record<keyof Rfc2217Options, Check>> = {
  signature: {
    allowed: 'a text of 1 to 200 characters of Latin-1',
    accepts: (value) => typeof value === 'string' && /^[\0-\u00ff]{1,200}$/.test(value),
  },
}

/**
 * Gives a client on a connection the port by RFC 2217: the bytes both ways, the line settings, control lines, breaks and
 * what happens on the line. It is over when the client goes, or the port. The port is the client's meanwhile: nobody else
 * is to read from it or to set its lines.
 *
 * There is no protection here: whoever may connect, has the port. The client learns of line errors if the port was opened with
 * `lineErrors: 'report'`. `docs/rfc2217.md` has what becomes of each command.
 *
 * @param port - an open port of any kind
 * @param socket - a connection that was accepted and of which nothing was read
 * @throws {@link SerialError} `INVALID_OPTION`, `PORT_NOT_OPEN`
 *
 * @example
 * ```ts
 * import { once } from 'node:events'
 * import { createServer } from 'node:net'
 * import { open } from 'baud'
 * import { serveRfc2217 } from 'baud/rfc2217'
 * import { loop } from 'baud/virtual'
 *
 * const shared = loop()
 * const server = createServer((socket) => serveRfc2217(shared, socket)).listen(0, '127.0.0.1')
 * await once(server, 'listening')
 * const { port: number } = server.address() as { port: number }
 *
 * const port = await open(`rfc2217://127.0.0.1:${number}`, { baudRate: 115200 })
 * await port.setSignals({ rts: false })
 * console.log((await port.getSignals()).cts, shared.settings.baudRate) // false 115200
 * await port.close()
 * server.close()
 * await shared.close()
 * ```
 */
export function serveRfc2217(port: SerialPort, socket: Socket, options: Rfc2217Options = {}): Rfc2217Session {
  const { signature = 'baud' } = takeOptions('options', options, checks)
  if (!port.isOpen) throw notOpen(port.path)
  const hurry = new AbortController()
  const session = new Session(port, socket, {
    signature,
    restores: true,
    hurry: hurry.signal,
  })
  const close = async () => {
    hurry.abort()
    session.end()
    await session.closed
  }
  return { closed: session.closed, close, [Symbol.asyncDispose]: close }
}
