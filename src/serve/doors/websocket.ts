import { createServer, STATUS_CODES } from 'node:http'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { RawData, WebSocket } from 'ws'
import type { Seat } from '../seat.ts'
import type { Token } from '../token.ts'
import { ByteClient } from './byte-client.ts'
import type { Client, Welcome, Wire } from './client.ts'
import type { Presence } from './presence.ts'

/** What is agreed on where the client offers it. */
const protocol = 'baud'

/** A browser can set no headers: it offers the token as a protocol, in base64url, since not every character is allowed there. */
const tokenProtocol = 'baud.token.'

/** Bytes of a message from a client. */
const longestMessage = 64 * 1024

/** Bytes of the headers of a request. */
const longestHeaders = 8 * 1024

/** So long may the goodbye take, in ms. */
const patience = 500

/** "The endpoint is going away." Source: RFC 6455, section 7.4.1. */
const goingAway = 1001

/** The connection ended without a word; also of one that asked for more answers than it took. Source: RFC 6455, section 7.1.5. */
const brokenOff = 1006

/** Who decides whether somebody comes in. */
export interface Gate {
  readonly token: Token | undefined
  readonly origins: readonly string[]
  /** Sends away: `last` tells the client. */
  refuse(socket: Duplex, why: string, isWrongToken: boolean, last: () => void): void
  enter(socket: Duplex, welcome: Welcome): void
}

/** Speaks HTTP on the connections that it is given, until they are WebSockets. */
export function webSockets(gate: Gate): HttpServer {
  const webSocketServer = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: longestMessage,
    perMessageDeflate: false,
    // 64 KiB can be thousands of messages: others have their turn between two of them.
    allowSynchronousEvents: false,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  })
  const server = createServer({ maxHeaderSize: longestHeaders, keepAlive: false })
  server.on('request', (request, response) => {
    const say = () => void response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end()
    gate.refuse(request.socket, 'no WebSocket', false, say)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    gate.refuse(socket, `no HTTP: ${error.code ?? error.message}`, false, () => socket.end())
  })
  server.on('upgrade', (request, socket, head) => {
    const refuse = (status: number, why: string) =>
      gate.refuse(socket, why, status === 401, () => answer(socket, status, why))
    const refusal = refusalOf(request, gate)
    if (refusal !== undefined) return refuse(...refusal)
    webSocketServer.handleUpgrade(request, socket, head, (webSocket) => {
      // Whatever goes wrong there ends it, and that is told by its end.
      webSocket.on('error', () => {})
      webSocket.pause()
      gate.enter(socket, (seat, presence) => welcomeWebSocket(seat, presence, webSocket))
    })
  })
  return server
}

function answer(socket: Duplex, status: number, why: string): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n`
  const more = status === 401 ? 'WWW-Authenticate: Bearer\r\n' : ''
  socket.end(`${head}${more}Content-Length: ${why.length + 1}\r\n\r\n${why}\n`)
}

function refusalOf(
  request: IncomingMessage,
  { origins, token }: Gate,
): [status: number, why: string] | undefined {
  const { origin } = request.headers
  // Browsers let every page connect to everywhere, this machine too, and leave it to the server to look whose page it is.
  if (origin !== undefined && !origins.includes(origin))
    return [403, `the origin ${origin.slice(0, 200)} is not among those that may connect`]
  if (token === undefined) return undefined
  const given = tokenOf(request)
  if (given === undefined) return [401, 'no token']
  return token.matches(given) ? undefined : [401, 'wrong token']
}

function tokenOf({ headers }: IncomingMessage): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
  if (bearer !== undefined) return bearer
  const offered = (headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/)
  const encoded = offered.find((name) => name.startsWith(tokenProtocol))
  return encoded && Buffer.from(encoded.slice(tokenProtocol.length), 'base64url').toString('latin1')
}

/** Gives a client the bytes of the port, in binary messages; a text counts as its UTF-8. */
function welcomeWebSocket(seat: Seat, presence: Presence, webSocket: WebSocket): Client {
  const wire: Wire = {
    get waiting() {
      return webSocket.bufferedAmount
    },
    send: (bytes, sent) => webSocket.send(bytes, { binary: true }, () => sent()),
    hold: (on) => (on ? webSocket.pause() : webSocket.resume()),
    end: () => goodbye(webSocket),
    destroy: () => webSocket.terminate(),
    ask: () => webSocket.ping(),
  }
  const client = new ByteClient(seat, wire, presence)
  webSocket.on('message', (data: RawData) => client.arrived(bytesOf(data)))
  webSocket.on('ping', () => presence.said())
  webSocket.on('pong', () => presence.answered())
  // Whoever speaks WebSockets answers. Source: RFC 6455, section 5.5.2.
  presence.answered()
  webSocket.on('error', (error) => client.gone(error.message))
  webSocket.on('close', (code) => client.gone(code === brokenOff ? 'without a goodbye' : undefined))
  webSocket.resume()
  return client
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}

async function goodbye(webSocket: WebSocket): Promise<void> {
  if (webSocket.readyState === webSocket.CLOSED) return
  await new Promise<void>((resolve) => {
    const limit = setTimeout(() => webSocket.terminate(), patience)
    webSocket.once('close', () => {
      clearTimeout(limit)
      resolve()
    })
    webSocket.resume()
    webSocket.close(goingAway)
  })
}
