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
