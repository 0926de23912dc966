import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** A TCP server on loopback whose connections the test holds; they go with the scope. */
export class TcpServer {
  readonly #server: Server
  readonly #sockets: Socket[] = []
  readonly #waiting: ((socket: Socket) => void)[] = []
  readonly #unclaimed: Socket[] = []

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => this.#accept(socket))
  }

  static async listen(host: string = '127.0.0.1'): Promise<TcpServer> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true })
    server.listen(0, host)
    await once(server, 'listening')
    return new TcpServer(server)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** What `open()` is given. */
  get url(): string {
    return `socket://127.0.0.1:${this.port}`
  }

  /** How many connections there have been. */
  get count(): number {
    return this.#sockets.length
  }

  #accept(socket: Socket): void {
    this.#sockets.push(socket)
    // What a test does to it, or its peer, is no failure of the test's own.
    socket.on('error', () => {})
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#unclaimed.push(socket)
    else waiting(socket)
  }

  /** The next connection; it does not read until it is told to. */
  accepted(): Promise<Socket> {
    const socket = this.#unclaimed.shift()
    if (socket !== undefined) return Promise.resolve(socket)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** Joins two connections: what one sends, the other receives, at the pace of the slower. */
export function join(a: Socket, b: Socket): void {
  a.pipe(b)
  b.pipe(a)
}

/**
 * After how many ms the system tries a connection over IPv4 loopback that is silent; undefined where it does not.
 * Source: Linux, Documentation/networking/proc_net_tcp.rst: the local end, and 02 where a keep-alive timer runs.
 */
export function triedAfter(localPort: number): number | undefined {
  const local = `0100007F:${localPort.toString(16).toUpperCase().padStart(4, '0')}`
  const line = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .find((text) => text.trim().split(/\s+/)[1] === local)
  const [, ticks] = / 02:([0-9A-F]{8}) /.exec(line ?? '') ?? []
  return ticks === undefined ? undefined : Number.parseInt(ticks, 16) * 10
}
