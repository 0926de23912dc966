import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import type { SerialError } from '../errors.ts'
import { KeepAlive } from '../keep-alive.ts'
import type { Address } from './address.ts'
import { connected } from './connect.ts'
import { brokenError, closedByPeer } from './errors.ts'
import { farewell } from './farewell.ts'
import { Writer } from './writer.ts'
import type { Encode } from './writer.ts'

/** What one turn of the event loop reads at most. */
const chunkSize = 64 * 1024

/** All connections of a thread read into the same memory: what arrives is copied out before the event loop goes on. */
const sharedChunk = new Uint8Array(chunkSize)

/** A silent connection is tried after so long, in ms; ten tries later, a second each, the system gives it up. */
const keepAliveDelay = 15_000

/** Who hears from a {@link Connection}. */
export interface ConnectionSink {
  /** Bytes arrived. The memory is the connection's again as soon as the call returns. @returns whether to read on */
  data(chunk: Uint8Array): boolean
  /** It is gone; the last call. */
  end(reason: SerialError): void
}

/** How a connection is made. */
export interface ConnectionOptions {
  /** Bytes that are read at a time, 64 KiB at most. */
  readonly chunkSize: number
  /** What becomes of the bytes that are written. */
  readonly encode?: Encode
}

/** A TCP connection as ports use it: no byte is read before somebody listens, and each is counted that is written. */
export class Connection {
  readonly #socket: Socket
  readonly writer: Writer
  readonly #keepAlive: KeepAlive = new KeepAlive()
  #sink: ConnectionSink | undefined
  #ended = false
  #closing: Promise<void> | undefined

  static async open(
    address: Address,
    path: string,
    options: ConnectionOptions,
    signal: AbortSignal | undefined,
  ): Promise<Connection> {
    const connection = new Connection(address, path, options)
    try {
      await connected(connection.#socket, path, address, signal)
      return connection
    } catch (error) {
      connection.#keepAlive.end()
      throw error
    }
  }

  private constructor({ host, port }: Address, path: string, options: ConnectionOptions) {
    const buffer = sharedChunk.subarray(0, Math.min(chunkSize, options.chunkSize))
    const callback = (length: number) => this.#arrived(buffer.subarray(0, length))
    this.#socket = createConnection({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveDelay,
      onread: { buffer, callback },
    })
    this.writer = new Writer(this.#socket, path, options.encode)
    // Nothing is to be read before somebody listens.
    this.#socket.pause()
    this.#socket.on('error', (error) => this.#end(brokenError(path, error)))
    this.#socket.on('end', () => this.#end(closedByPeer(path)))
    this.#socket.on('close', () => this.#end(closedByPeer(path)))
  }

  /** @returns whether to read on; after the end what arrives is for nobody */
  #arrived(chunk: Uint8Array): boolean {
    return this.#sink?.data(chunk) ?? true
  }

  /** Begins to read. */
  start(sink: ConnectionSink): void {
    this.#sink = sink
    this.#socket.resume()
  }

  /** Reads on. */
  resume(): void {
    this.#socket.resume()
  }

  ref(): void {
    this.#socket.ref()
    this.#keepAlive.ref()
  }

  unref(): void {
    this.#socket.unref()
    this.#keepAlive.unref()
  }

  /** Gives it up at once, and what was written with it. */
  destroy(): void {
    this.#ended = true
    this.#sink = undefined
    this.#socket.destroy()
    this.#keepAlive.end()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#ended = true
    this.#sink = undefined
    this.writer.cancel()
    await farewell(this.#socket)
    this.#keepAlive.end()
  }

  #end(reason: SerialError): void {
    if (this.#ended) return
    this.#ended = true
    const sink = this.#sink
    this.#sink = undefined
    sink?.end(reason)
    this.writer.fail(reason)
  }
}
