import { SerialError } from '../errors.ts'
import type { SerialErrorCode } from '../errors.ts'
import type { Address } from './address.ts'

/** What a failed connection means, and what to do about it. Source: connect(2), getaddrinfo(3). */
const whileOpening: Readonly<Record<string, readonly [SerialErrorCode, string]>> = {
  ECONNREFUSED: ['PORT_NOT_FOUND', 'nobody listens there; is the server running, and is this its port?'],
  ENOTFOUND: ['PORT_NOT_FOUND', 'there is no host of this name'],
  EAI_AGAIN: ['IO', 'the name can not be looked up just now; try again, or give the address'],
  ETIMEDOUT: [
    'TIMEOUT',
    'the host does not answer; is it switched on, and does a firewall let this through?',
  ],
  EHOSTUNREACH: ['DISCONNECTED', 'there is no way to this host; is the network up?'],
  ENETUNREACH: ['DISCONNECTED', 'there is no way to this network; is the network up?'],
  EHOSTDOWN: ['DISCONNECTED', 'the host is down'],
  ENETDOWN: ['DISCONNECTED', 'the network is down'],
  ECONNRESET: ['DISCONNECTED', 'the other end closed the connection at once'],
  EACCES: ['ACCESS_DENIED', 'the system does not allow this connection'],
  EPERM: ['ACCESS_DENIED', 'the system does not allow this connection'],
}

/** Source: recv(2), send(2), tcp(7). */
const whileOpen: Readonly<Record<string, string>> = {
  ECONNRESET: 'the other end has reset the connection',
  EPIPE: 'the other end has closed the connection',
  ECONNABORTED: 'the connection was cut off',
  ETIMEDOUT: 'the other end does not answer any more',
  EHOSTUNREACH: 'there is no way to the host any more',
  ENETUNREACH: 'there is no way to the network any more',
  EHOSTDOWN: 'the host is down',
  ENETDOWN: 'the network is down',
}

/** The error for a connection that could not be made. */
export function connectError(
  path: string,
  { host, port }: Address,
  error: NodeJS.ErrnoException,
): SerialError {
  const errnoName = error.code ?? 'EIO'
  const [code, advice] = whileOpening[errnoName] ?? ['IO', 'the system refused']
  const syscall = errnoName === 'ENOTFOUND' || errnoName === 'EAI_AGAIN' ? 'getaddrinfo' : 'connect'
  const message = `${path}: ${host} port ${port}: ${advice} (${syscall}: ${errnoName})`
  return new SerialError(code, message, { path, syscall, ...numberOf(error), errnoName, cause: error })
}

/** Nobody has answered in time, and nobody has refused either. */
export function noAnswer(path: string, { host, port, timeout }: Address): SerialError {
  const message = `${path}: ${host} port ${port} did not answer within ${timeout} ms; is it switched on, and does a firewall let this through?`
  return new SerialError('TIMEOUT', message, { path, syscall: 'connect' })
}

/** What is wrong with a certificate, and what to do. Source: Node.js, doc/api/tls.md, "X509 certificate error codes". */
const certificateErrors: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired: the server needs a new one',
  CERT_NOT_YET_VALID: 'it is not valid yet: is the clock of this machine right?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself: name it with ?ca=<file> if it is the right one',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'it is for another name: give that with ?servername=<name> if it is the right one',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody here knows who signed it: name the authority with ?ca=<file>',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'nobody here knows who signed it: name the authority with ?ca=<file>',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody here knows who signed it: name the authority with ?ca=<file>',
}

/** The error for a connection that could not be made secure; undefined where that is not the matter. */
export function tlsError(path: string, error: NodeJS.ErrnoException): SerialError | undefined {
  const { code = '', message: words } = error
  const advice = certificateErrors[code]
  const details = { path, cause: error }
  if (advice !== undefined) {
    const message = `${path}: the server's certificate can not be trusted (${code}): ${advice}`
    return new SerialError('REMOTE', message, details)
  }
  if (!code.startsWith('ERR_SSL_') && !code.startsWith('ERR_TLS_') && code !== 'EPROTO') return undefined
  const message = `${path}: no secure connection (${code}: ${words}); does the server speak TLS? Without, the scheme has no s at its end`
  return new SerialError('REMOTE', message, details)
}

/** The server does not let us in. */
export function denied(path: string, why: string): SerialError {
  const message = `${path}: the server lets nobody in with this token (${why}); is it the one in the server's --token-file?`
  return new SerialError('ACCESS_DENIED', message, { path })
}

/** The server asks for a token and was given none. */
export function tokenWanted(path: string): SerialError {
  const message = `${path}: the server asks for a token: give ?token-file=<file>`
  return new SerialError('ACCESS_DENIED', message, { path })
}

/** The server does not answer to a token as ours do. */
export function noGreeting(path: string): SerialError {
  const message = `${path}: the server does not answer to a token; does it ask for one? Then it is baud serve`
  return new SerialError('REMOTE', message, { path })
}

/** The error for a connection that broke. */
export function brokenError(path: string, error: NodeJS.ErrnoException): SerialError {
  const { code: errnoName = 'EIO', syscall = 'read' } = error
  const text = whileOpen[errnoName]
  const message = `${path}: ${text ?? 'the connection failed'} (${syscall}: ${errnoName})`
  const details = { path, syscall, ...numberOf(error), errnoName, cause: error }
  return new SerialError(text === undefined ? 'IO' : 'DISCONNECTED', message, details)
}

/** The other end has ended its side: a read of 0 bytes has no number. */
export function closedByPeer(path: string): SerialError {
  return new SerialError('DISCONNECTED', `${path}: the other end has closed the connection`, {
    path,
    syscall: 'read',
  })
}

/** The system's own number. Libuv makes up numbers from 3000 on for what has none. Source: libuv, include/uv/errno.h. */
function numberOf({ errno }: NodeJS.ErrnoException): { errno?: number } {
  const number = Math.abs(errno ?? 0)
  return number > 0 && number < 3000 ? { errno: number } : {}
}
