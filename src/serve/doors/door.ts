import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Server as TlsServer, TLSSocket } from 'node:tls'
import { SerialError } from '../../errors.ts'
import type { Certificate } from '../certificate.ts'
import type { Log } from '../log.ts'
import { shown } from '../place.ts'
import type { Seat } from '../seat.ts'
import type { SharedPort } from '../shared-port.ts'
import type { DoorPlan, Limits } from '../share.ts'
import type { Token } from '../token.ts'
import { Acknowledgement } from './acknowledgement.ts'
import type { Client, Welcome } from './client.ts'
import { Guard } from './guard.ts'
import { Presence } from './presence.ts'
import { welcomeRfc2217 } from './rfc2217.ts'
import { welcomeTcp } from './tcp.ts'
import { askForToken } from './token-line.ts'
import { Visitor } from './visitor.ts'
import type { Doorway } from './visitor.ts'

/** A silent client is tried after 15 s; ten tries later, a second each, the system gives it up. */
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 15_000 } as const

/** What is known of a door before it opens. */
export interface DoorSetup {
  readonly plan: DoorPlan
  /** Where it is, as an address. */
  readonly address: string
  readonly shared: SharedPort
  readonly limits: Limits
  readonly log: Log
  readonly certificate: Certificate | undefined
  readonly token: Token | undefined
  readonly origins: readonly string[]
}

/** Where clients come in, of one kind. */
export class Door {
  readonly #setup: DoorSetup
  readonly #doorway: Doorway
  readonly #server: Server = createServer(socketOptions)
  readonly #tls: TlsServer | undefined
  /** What speaks HTTP, behind a door for WebSockets. */
  #http: HttpServer | undefined
  /** Those that have come, by the {@link endsOf} their connections, until their connections are closed. */
  readonly #visitors: Map<string, Visitor> = new Map()
  readonly #clients: Map<Client, Seat> = new Map()
  readonly #acknowledgement: Acknowledgement = new Acknowledgement()
  readonly #leaving: Set<Promise<void>> = new Set()

  /** Opens it; throws `IO` where that can't be. */
  static async open(setup: DoorSetup): Promise<Door> {
    const door = new Door(setup)
    const { address, plan } = setup
    if (plan.kind === 'websocket') await door.#speakHttp()
    try {
      door.#server.listen(plan.port, address)
      await once(door.#server, 'listening')
      door.#server.on('error', (error) => setup.log.tell(door.#doorway, 'failed', error.message))
      return door
    } catch (error) {
      throw listenError(plan, error as NodeJS.ErrnoException)
    }
  }

  private constructor(setup: DoorSetup) {
    const { certificate, limits, log, plan, shared } = setup
    this.#setup = setup
    this.#doorway = { port: shared.path, kind: plan.kind, limits, guard: new Guard(limits), log }
    if (certificate !== undefined) this.#tls = this.#secure(certificate)
    this.#server.on('connection', (raw) => this.#come(raw))
  }

  /** Where it is, also where any free number was asked for. */
  get place(): string {
    const { address, port } = this.#server.address() as AddressInfo
    return shown(address, port)
  }

  /** Of others' connections it makes secure ones. */
  #secure(certificate: Certificate): TlsServer {
    const server = certificate.createServer()
    server.on('secureConnection', (socket: TLSSocket) => {
      socket.on('error', () => {})
      const visitor = this.#visitorOf(socket)
      if (visitor !== undefined) this.#ask(visitor, socket)
    })
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      this.#visitorOf(socket)?.refuse(`no TLS: ${error.code ?? error.message}`)
      socket.destroy()
    })
    return server
  }

  /** The package for it is loaded for such a door alone. */
  async #speakHttp(): Promise<void> {
    const { webSockets } = await import('./websocket.ts')
    const { origins, token } = this.#setup
    this.#http = webSockets({
      token,
      origins,
      refuse: (socket, why, isWrongToken, last) => {
        const visitor = this.#visitorOf(socket as Socket)
        if (isWrongToken) visitor?.deny(why, last)
        else visitor?.refuse(why, last)
      },
      enter: (socket, welcome) => {
        const visitor = this.#visitorOf(socket as Socket)
        if (visitor !== undefined) this.#enter(visitor, welcome)
      },
    })
  }

  #visitorOf(socket: Socket): Visitor | undefined {
    return this.#visitors.get(endsOf(socket))
  }

  #come(raw: Socket): void {
    const visitor = Visitor.admit(raw, this.#doorway)
    if (visitor === undefined) return
    const ends = endsOf(raw)
    this.#visitors.set(ends, visitor)
    raw.once('close', () => {
      // One that was reset may have come again from the same number before that was seen here.
      if (this.#visitors.get(ends) === visitor) this.#visitors.delete(ends)
    })
    if (this.#tls === undefined) this.#ask(visitor, raw)
    else this.#tls.emit('connection', raw)
  }

  #ask(visitor: Visitor, socket: Socket): void {
    if (this.#http !== undefined) return void this.#http.emit('connection', socket)
    const { plan, token } = this.#setup
    const { kind } = plan
    const isKnown = token !== undefined
    const welcomeTo = kind === 'rfc2217' ? welcomeRfc2217 : welcomeTcp
    const welcome: Welcome = (seat, presence) => welcomeTo(seat, presence, socket, isKnown)
    if (token === undefined) return this.#enter(visitor, welcome)
    askForToken(socket, token, (refusal) => {
      if (refusal === undefined) this.#enter(visitor, welcome)
      else if (refusal === 'wrong token') visitor.deny(refusal, () => socket.end())
      else visitor.refuse(refusal, () => socket.end())
    })
  }

  #enter(visitor: Visitor, welcome: Welcome): void {
    const { limits, log, shared } = this.#setup
    if (!visitor.enter()) return
    log.tell(visitor.subject, 'connected')
    const seat = shared.join(visitor.subject)
    if (seat === undefined) {
      visitor.left()
      return visitor.refuse('another client has the port')
    }
    const presence = new Presence()
    const client = welcome(seat, presence)
    this.#clients.set(client, seat)
    const cut = (why: string) => shared.cut(seat, why)
    presence.watch({ seat, limits, ask: () => client.ask(), cut })
    this.#acknowledgement.watch(visitor.raw, () => cut('its host does not acknowledge what it is sent'))
    const leaving = client.closed.then(async (why) => {
      presence.end()
      await Promise.all([client.close(), seat.leave()])
      this.#clients.delete(client)
      this.#leaving.delete(leaving)
      visitor.left()
      log.tell(visitor.subject, 'gone', why)
    })
    this.#leaving.add(leaving)
  }

  /** Nobody comes any more, and those who are there are told goodbye; resolves when all have left. */
  async close(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined
    this.#server.close()
    for (const visitor of this.#visitors.values()) visitor.turnAway()
    for (const seat of this.#clients.values()) seat.hurry()
    await Promise.all([...this.#clients.keys()].map((client) => client.close()))
    await Promise.all(this.#leaving)
    for (const { raw } of this.#visitors.values()) raw.destroy()
    await closed
  }
}

/** Tells a connection from all others. A door may have several addresses, and one client come to two of them from the same number. */
function endsOf({ localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${shown(localAddress, localPort)} ${shown(remoteAddress, remotePort)}`
}

/** Source: bind(2), listen(2). */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'somebody listens there already; choose another number, or 0 for any',
  EACCES: 'the system does not allow this number; take one from 1024 on',
  EADDRNOTAVAIL: 'this machine does not have this address',
}

function listenError({ host, kind, port }: DoorPlan, error: NodeJS.ErrnoException): SerialError {
  const { code: errnoName = 'EIO', errno = 0, syscall = 'listen' } = error
  const why = reasons[errnoName] ?? 'the system refused'
  const details = { syscall, errno: Math.abs(errno), errnoName, cause: error }
  return new SerialError('IO', `${kind} ${host}:${port}: ${why} (${syscall}: ${errnoName})`, details)
}
