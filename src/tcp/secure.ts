import { connect } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'

/** What a server's certificate is held against. */
export interface Tls {
  /** Certificates in PEM that are trusted in place of the system's. */
  readonly ca?: Buffer | undefined
  /** The name that the certificate must be for; without it, that is the host. */
  readonly servername?: string | undefined
}

/** A connection that is secure before anything is said on it. A certificate that can't be trusted is an error of it. */
export function connectSecurely(tls: Tls, options: ConnectionOptions): TLSSocket {
  const { ca, servername } = tls
  const socket = connect({ ...options, ...(ca && { ca }), ...(servername !== undefined && { servername }) })
  return socket.setNoDelay(true)
}
