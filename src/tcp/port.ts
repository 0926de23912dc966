import { setImmediate as turn } from 'node:timers/promises'
import { unsupported } from '../failures.ts'
import type { PortSettings } from '../settings.ts'
import type { InputSignals, Queue } from '../signals.ts'
import type { Transport, TransportSink } from '../transport.ts'
import type { Address } from './address.ts'
import { Connection } from './connection.ts'

/** Turns of the event loop that a purge takes at most, when bytes keep coming. */
const purgeTurns = 100

const nothing = new Uint8Array(0)

/** A plain TCP connection as a port: bytes, and nothing of a serial line. */
export class TcpPort implements Transport {
  readonly path: string
  settings: PortSettings
  readonly #connection: Connection
  #sink: TransportSink | undefined
  #paused = true
  /** What came when paused: a chunk, or, of a secure connection, each record that had been read with it. */
  #held: Uint8Array | undefined
  /** How many purges are under way. */
  #purges = 0
  #arrivals = 0

  /** Connects. */
  static async open(
    address: Address,
    path: string,
    settings: PortSettings,
    signal: AbortSignal | undefined,
  ): Promise<TcpPort> {
    const options = { chunkSize: settings.receiveBufferSize }
    return new TcpPort(await Connection.open(address, path, options, signal), path, settings)
  }

  private constructor(connection: Connection, path: string, settings: PortSettings) {
    this.#connection = connection
    this.path = path
    this.settings = settings
  }

  #arrived(chunk: Uint8Array): boolean {
    this.#arrivals++
    if (this.#purges > 0) return true
    if (this.#paused) this.#held = Buffer.concat([this.#held ?? nothing, chunk])
    else this.#sink?.data(chunk)
    return this.#held === undefined
  }

  /** Known only for what came when paused. */
  get bytesToRead(): number {
    return this.#held?.byteLength ?? 0
  }

  get bytesToWrite(): number {
    return this.#connection.writer.waiting
  }

  start(sink: TransportSink): void {
    this.#sink = sink
    this.#paused = false
    this.#connection.start({
      data: (chunk) => this.#arrived(chunk),
      end: (reason) => {
        // Also when paused: nobody resumes what has ended.
        this.#giveHeld()
        sink.end(reason)
      },
    })
  }

  /** Reading goes on up to the next chunk, as only a reader hears of the end of the connection. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#giveHeld()
    this.#connection.resume()
  }

  #giveHeld(): void {
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) this.#sink?.data(held)
  }

  write(data: Uint8Array): number | Promise<number> {
    return this.#connection.writer.write(data)
  }

  cancelWrite(): void {
    this.#connection.writer.cancel()
  }

  /** When the system has taken everything; what is still on its way through the network nobody tells. */
  drain(signal: AbortSignal): Promise<void> {
    return this.#connection.writer.drain(signal)
  }

  /** Drops what has arrived, as far as the system has it; what was given to the system can't be taken back. */
  async purge(queue: Queue): Promise<void> {
    if (queue === 'output') return
    this.#held = undefined
    this.#purges++
    this.#connection.resume()
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
    this.#connection.ref()
  }

  unref(): void {
    this.#connection.unref()
  }

  close(): Promise<void> {
    this.#sink = undefined
    this.#held = undefined
    return this.#connection.close()
  }
}

/** Whether a socket can have these settings: those of the line are the converter's at its other end, and mean nothing here. */
export function checkSettings(path: string, { rs485 }: PortSettings): void {
  if (rs485?.enabled === true) throw unsupported(path, 'RS-485 needs a serial port of this machine')
}

function noLines(path: string): ReturnType<typeof unsupported> {
  return unsupported(path, 'a plain socket carries bytes alone: there are no control lines and no break')
}
