import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { SerialError } from '../errors.ts'
import { unsupported } from '../failures.ts'
import { KeepAlive } from '../keep-alive.ts'
import type { PortSettings } from '../settings.ts'
import type { InputSignals, Queue } from '../signals.ts'
import type { Transport, TransportSink } from '../transport.ts'
import type { Address } from './address.ts'
import { connected } from './connect.ts'
import { brokenError, closedByPeer } from './errors.ts'
import { farewell } from './farewell.ts'
import { Writer } from './writer.ts'

/** What one turn of the event loop reads at most. */
const chunkSize = 64 * 1024

/** All connections of a thread read into the same memory: what arrives is copied out before the event loop goes on. */
const sharedChunk = new Uint8Array(chunkSize)

/** A silent connection is tried after so long, in ms; ten tries later, a second each, the system gives it up. */
const keepAliveDelay = 15_000

/** Turns of the event loop that a purge takes at most, when bytes keep coming. */
const purgeTurns = 100

/** A plain TCP connection as a port: bytes, and nothing of a serial line. */
export class TcpPort implements Transport {
  readonly path: string
  settings: PortSettings
  readonly #socket: Socket
  readonly #writer: Writer
  readonly #keepAlive: KeepAlive = new KeepAlive()
  #sink: TransportSink | undefined
  #ended = false
  #paused = true
  /** A chunk that came when paused. */
  #held: Uint8Array | undefined
  /** How many purges are under way. */
  #purges = 0
  #arrivals = 0
  #closing: Promise<void> | undefined

  /** Connects. */
  static async open(
    address: Address,
    path: string,
    settings: PortSettings,
    signal: AbortSignal | undefined,
  ): Promise<TcpPort> {
    const port = new TcpPort(address, path, settings)
    try {
      await connected(port.#socket, path, address, signal)
      return port
    } catch (error) {
      port.#keepAlive.end()
      throw error
    }
  }

  private constructor({ host, port }: Address, path: string, settings: PortSettings) {
    const buffer = sharedChunk.subarray(0, Math.min(chunkSize, settings.receiveBufferSize))
    const callback = (length: number) => this.#arrived(buffer.subarray(0, length))
    this.path = path
    this.settings = settings
    this.#socket = createConnection({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveDelay,
      onread: { buffer, callback },
    })
    this.#writer = new Writer(this.#socket, path)
    // Nothing is to be read before somebody listens.
    this.#socket.pause()
    this.#socket.on('error', (error) => this.#end(brokenError(path, error)))
    this.#socket.on('end', () => this.#end(closedByPeer(path)))
    this.#socket.on('close', () => this.#end(closedByPeer(path)))
  }

  /** @returns whether to read on */
  #arrived(chunk: Uint8Array): boolean {
    this.#arrivals++
    if (this.#ended || this.#purges > 0) return true
    if (this.#paused) this.#held = Uint8Array.from(chunk)
    else this.#sink?.data(chunk)
    return this.#held === undefined
  }

  /** Known only for what came when paused. */
  get bytesToRead(): number {
    return this.#held?.byteLength ?? 0
  }

  get bytesToWrite(): number {
    return this.#writer.waiting
  }

  start(sink: TransportSink): void {
    this.#sink = sink
    this.resume()
  }

  /** Reading goes on up to the next chunk, as only a reader hears of the end of the connection. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) this.#sink?.data(held)
    this.#socket.resume()
  }

  write(data: Uint8Array): number | Promise<number> {
    return this.#writer.write(data)
  }

  cancelWrite(): void {
    this.#writer.cancel()
  }

  /** When the system has taken everything; what is still on its way through the network nobody tells. */
  drain(signal: AbortSignal): Promise<void> {
    return this.#writer.drain(signal)
  }

  /** Drops what has arrived, as far as the system has it; what was given to the system can't be taken back. */
  async purge(queue: Queue): Promise<void> {
    if (queue === 'output') return
    this.#held = undefined
    this.#purges++
    this.#socket.resume()
    await this.#silence()
    this.#purges--
  }

  /** Waits until two turns of the event loop bring nothing: in the first, reading may not yet have begun. */
  async #silence(): Promise<void> {
    for (let turns = 0, quiet = 0; quiet < 2 && turns < purgeTurns; turns++) {
      const before = this.#arrivals
      await turn()
      quiet = this.#arrivals === before ? quiet + 1 : 0
    }
  }

  async reconfigure(settings: PortSettings): Promise<void> {
    checkSettings(this.path, settings)
    this.settings = settings
  }

  async getSignals(): Promise<InputSignals> {
    throw noLines(this.path)
  }

  async setSignals(): Promise<void> {
    throw noLines(this.path)
  }

  watchSignals(): void {}

  ref(): void {
    this.#socket.ref()
    this.#keepAlive.ref()
  }

  unref(): void {
    this.#socket.unref()
    this.#keepAlive.unref()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#ended = true
    this.#sink = undefined
    this.#held = undefined
    this.#writer.cancel()
    await farewell(this.#socket)
    this.#keepAlive.end()
  }

  #end(reason: SerialError): void {
    if (this.#ended) return
    this.#ended = true
    const sink = this.#sink
    this.#sink = undefined
    sink?.end(reason)
    this.#writer.fail(reason)
  }
}

/** Whether a socket can have these settings: those of the line are the converter's at its other end, and mean nothing here. */
export function checkSettings(path: string, { rs485 }: PortSettings): void {
  if (rs485?.enabled === true) throw unsupported(path, 'RS-485 needs a serial port of this machine')
}

function noLines(path: string): SerialError {
  return unsupported(path, 'a plain socket carries bytes alone: there are no control lines and no break')
}
