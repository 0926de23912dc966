import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import type { SerialPort } from '../../src/index.ts'
import { serveRfc2217 } from '../../src/rfc2217/index.ts'
import type { Rfc2217Options, Rfc2217Session } from '../../src/rfc2217/index.ts'

/** A port that is shared on loopback; sessions and server go with the scope, the port stays. */
export class Served {
  readonly #server: Server
  readonly sessions: Rfc2217Session[] = []

  private constructor(server: Server) {
    this.#server = server
  }

  static async begin(port: SerialPort, options?: Rfc2217Options): Promise<Served> {
    const server = createServer()
    const served = new Served(server)
    server.on('connection', (socket) => served.sessions.push(serveRfc2217(port, socket, options)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return served
  }

  get number(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `rfc2217://127.0.0.1:${this.number}`
  }

  async close(): Promise<void> {
    if (this.#server.listening) {
      this.#server.close()
      await Promise.all([once(this.#server, 'close'), ...this.sessions.map((session) => session.close())])
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
