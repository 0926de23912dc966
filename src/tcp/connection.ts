import { createConnection } from 'node:net'
import type { Socket, TcpNetConnectOpts } from 'node:net'
import type { SerialError } from '../errors.ts'
import { aborted, repeated } from '../failures.ts'
import { KeepAlive } from '../keep-alive.ts'
import type { Address } from './address.ts'
import { connected } from './connect.ts'
import { brokenError, closedByPeer, denied, noGreeting } from './errors.ts'
import { farewell } from './farewell.ts'
import { answerIn, askWith, FirstLine } from './greeting.ts'
import type { Tls } from './secure.ts'
import { Writer } from './writer.ts'
import type { Encode } from './writer.ts'

/** What one turn of the event loop reads at most. */
const chunkSize = 64 * 1024

/** All connections of a thread read into the same memory: what arrives is copied out before the event loop goes on. */
const sharedChunk: Buffer = Buffer.allocUnsafeSlow(chunkSize)

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

type Create = (options: TcpNetConnectOpts) => Socket

/** A TCP connection as ports use it: no byte is read before somebody listens, and each is counted that is written. */
export class Connection {
  readonly #socket: Socket
  readonly writer: Writer
  readonly #keepAlive: KeepAlive = new KeepAlive()
  #sink: ConnectionSink | undefined
  /** What came before anybody listened, as a secure connection lets it. */
  #early: Buffer | undefined
  #ended = false
  /** Why it ended before anybody listened. */
  #reason: SerialError | undefined
  #closing: Promise<void> | undefined

  static async open(
    address: Address,
    path: string,
    options: ConnectionOptions,
    signal: AbortSignal | undefined,
  ): Promise<Connection> {
    const { tls, token } = address.security ?? {}
    const connection = new Connection(address, path, options, tls ? await secureWith(tls) : createConnection)
    try {
      await connected(connection.#socket, tls !== undefined, path, address, signal)
      if (token !== undefined) await connection.#introduce(token, path, address.timeout, signal)
      return connection
    } catch (error) {
      connection.destroy()
      throw error
    }
  }

  private constructor({ host, port }: Address, path: string, options: ConnectionOptions, create: Create) {
    const buffer = sharedChunk.subarray(0, Math.min(chunkSize, options.chunkSize))
    const callback = (length: number) => this.#arrived(buffer.subarray(0, length))
    this.#socket = create({
      host,
      port,
      noDelay: true,
      onread: { buffer, callback },
    })
    // As an option a secure connection would take no notice of it.
    this.#socket.setKeepAlive(true, keepAliveDelay)
    this.writer = new Writer(this.#socket, path, options.encode)
    // Nothing is to be read before somebody listens.
    this.#socket.pause()
    this.#socket.on('error', (error) => this.#end(brokenError(path, error)))
    this.#socket.on('end', () => this.#end(closedByPeer(path)))
    this.#socket.on('close', () => this.#end(closedByPeer(path)))
  }

  /** @returns whether to read on; after the end what arrives is for nobody */
  #arrived(chunk: Uint8Array): boolean {
    if (this.#early === undefined && this.#sink !== undefined) return this.#sink.data(chunk)
    if (this.#ended) return true
    this.#early = Buffer.concat([this.#early ?? Buffer.alloc(0), chunk])
    return false
  }

  /** Shows the token, and waits until the server has let us in. */
  async #introduce(
    token: string,
    path: string,
    timeout: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const first = new FirstLine()
    let stop: (error: SerialError) => void = () => {}
    const giveUp = () => stop(aborted(path, 'the opening', signal?.reason))
    const limit = setTimeout(() => stop(noGreeting(path)), timeout)
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      const answer = await new Promise<string>((resolve, reject) => {
        stop = reject
        if (signal?.aborted === true) giveUp()
        const data = (chunk: Uint8Array) => {
          const taken = first.take(chunk)
          if (taken === undefined) return true
          this.#sink = undefined
          if (taken !== false && taken.rest.byteLength > 0) this.#early = Buffer.from(taken.rest)
          resolve(taken === false ? '' : taken.line)
          return false
        }
        this.start({ data, end: (reason) => reject(repeated(reason)) })
        this.writer.send(Buffer.from(askWith(token)))
      })
      const why = answerIn(answer)
      if (why === undefined) throw noGreeting(path)
      if (why.denied !== undefined) throw denied(path, why.denied)
    } finally {
      clearTimeout(limit)
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** Begins to read. */
  start(sink: ConnectionSink): void {
    this.#sink = sink
    if (this.#early === undefined && !this.#ended) this.#socket.resume()
    else setImmediate(() => this.#catchUp())
  }

  /** Tells what came before anybody listened. */
  #catchUp(): void {
    const [early, reason] = [this.#early, this.#reason]
    this.#early = undefined
    const goesOn = early === undefined || this.#sink?.data(early) !== false
    if (reason !== undefined) this.#tellEnd(reason)
    else if (goesOn) this.#socket.resume()
  }

  /** Reads on. */
  resume(): void {
    if (this.#early === undefined) this.#socket.resume()
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
    if (this.#sink === undefined) this.#reason = reason
    this.#tellEnd(reason)
    this.writer.fail(reason)
  }

  #tellEnd(reason: SerialError): void {
    const sink = this.#sink
    this.#sink = undefined
    sink?.end(reason)
  }
}

/** TLS is loaded for those alone who want it. */
async function secureWith(tls: Tls): Promise<Create> {
  const { connectSecurely } = await import('./secure.ts')
  return (options) => connectSecurely(tls, options)
}
