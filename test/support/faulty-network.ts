import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** What can happen to a connection. */
export type Fault = 'cut' | 'reset' | 'stall'

/** One connection through the network, in two halves. */
class Passage {
  readonly near: Socket
  readonly far: Socket
  readonly #network: FaultyNetwork

  constructor(near: Socket, network: FaultyNetwork) {
    this.near = near
    this.#network = network
    this.far = createConnection({ port: network.target, host: '127.0.0.1', noDelay: true })
    this.#carry(near, this.far)
    this.#carry(this.far, near)
  }

  #carry(from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      // As it was sent: one after the other, and no faster than it is taken.
      from.pause()
      setTimeout(() => {
        if (to.destroyed) return
        to.write(chunk, () => {
          if (!this.#network.isStalled) from.resume()
        })
      }, this.#network.delay)
    })
    from.on('end', () => to.end())
    // What a fault does is for the ends to see.
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
    if (this.#network.isStalled) from.pause()
  }

  pause(): void {
    this.near.pause()
    this.far.pause()
  }

  resume(): void {
    this.near.resume()
    this.far.resume()
  }
}

/** A way through a TCP network that can be cut, reset, slowed down, and made to swallow everything. */
export class FaultyNetwork {
  readonly target: number
  readonly #server: Server = createServer({ noDelay: true, allowHalfOpen: true })
  readonly #passages: Passage[] = []
  /** How long each chunk takes, each way (ms). */
  delay = 0
  isStalled = false

  private constructor(target: number) {
    this.target = target
    this.#server.on('connection', (socket) => this.#passages.push(new Passage(socket, this)))
  }

  /** @param target - the number on loopback to which it leads */
  static async to(target: number): Promise<FaultyNetwork> {
    const network = new FaultyNetwork(target)
    network.#server.listen(0, '127.0.0.1')
    await once(network.#server, 'listening')
    return network
  }

  get number(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** How many connections there have been. */
  get count(): number {
    return this.#passages.length
  }

  strike(fault: Fault): void {
    if (fault === 'stall') this.isStalled = true
    for (const passage of this.#passages) {
      // Cut: both ends are told that it is over. Reset: the near one is, and nothing that was on its way arrives.
      if (fault === 'stall') passage.pause()
      else if (fault === 'reset') passage.near.resetAndDestroy()
      else passage.near.destroy()
      if (fault !== 'stall') passage.far.destroy()
    }
  }

  /** What was stalled goes on, with all that was on its way. */
  recover(): void {
    this.isStalled = false
    for (const passage of this.#passages) passage.resume()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { far, near } of this.#passages) {
      near.destroy()
      far.destroy()
    }
    this.#server.close()
    await once(this.#server, 'close')
  }
}
