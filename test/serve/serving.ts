import { once } from 'node:events'
import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { open } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import { Log, readShare, Server, Token } from '../../src/serve/index.ts'
import type { Opened } from '../../src/serve/index.ts'
import { createPair } from '../support/pair.ts'
import { eventually } from '../support/wait.ts'

/** As they stand in a configuration file. */
export type Keys = Readonly<Record<string, string>>

export interface ServingOptions {
  readonly token?: string
  /** Another port than an end of a pair. */
  readonly port?: string
}

/** A share that runs in this process, a device on its port, and its log. */
export class Serving {
  readonly #server: Server
  readonly #places: ReadonlyMap<string, string>
  readonly #cleanup: () => Promise<void>
  readonly log: string[]
  /** The other end of the port; that of a pair. */
  readonly device: SerialPort | undefined

  static async begin(keys: Keys, options: ServingOptions = {}): Promise<Serving> {
    const pair = options.port === undefined ? await createPair() : undefined
    const device = pair && (await open(pair.b))
    const given = Object.entries(keys).map(([key, text]) => ({ key, text, where: key }))
    const share = readShare(options.port ?? pair?.a ?? '', given, 'test')
    const lines: string[] = []
    const log = new Log('text', (line) => void lines.push(line))
    const places = new Map<string, string>()
    const token = options.token === undefined ? undefined : new Token(options.token, 'test')
    const opened = ({ kind, place }: Opened) => void places.set(kind, place)
    const server = await Server.start([share], log, token, opened, new AbortController().signal)
    const cleanup = async () => {
      await device?.close()
      await pair?.close()
    }
    return new Serving(server, places, lines, device, cleanup)
  }

  private constructor(
    server: Server,
    places: ReadonlyMap<string, string>,
    log: string[],
    device: SerialPort | undefined,
    cleanup: () => Promise<void>,
  ) {
    this.#server = server
    this.#places = places
    this.log = log
    this.device = device
    this.#cleanup = cleanup
  }

  /** `127.0.0.1:4000` */
  place(kind: string): string {
    return this.#places.get(kind) ?? ''
  }

  /** For `open()`; where others keep the machine busy, a connection may take its time. */
  url(kind: 'rfc2217' | 'tcp'): string {
    return `${kind === 'tcp' ? 'socket' : 'rfc2217'}://${this.place(kind)}?timeout=20`
  }

  number(kind: string): number {
    return Number(this.place(kind).split(':').at(-1))
  }

  /** A connection to a door, and all that comes on it. */
  connect(kind: string): Promise<Peer> {
    return Peer.connect(this.number(kind))
  }

  /** Waits until the log has a line that matches. */
  async logs(wanted: RegExp): Promise<void> {
    const seen = () => this.log.some((line) => wanted.test(line))
    await eventually(`${wanted} in the log`, seen, 10_000).catch((error: unknown) => {
      throw new Error(`${String(error)}:\n${this.log.slice(-30).join('')}`)
    })
  }

  reload(): void {
    this.#server.reload()
  }

  stop(): Promise<void> {
    return this.#server.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.#cleanup()
  }
}

/** A TCP connection of a test. */
export class Peer {
  readonly socket: Socket
  readonly #chunks: Buffer[] = []
  isClosed = false
  /** Bytes that have come. */
  received = 0

  static async connect(port: number): Promise<Peer> {
    const socket = createConnection(port, '127.0.0.1')
    socket.on('error', () => {})
    const peer = new Peer(socket)
    await once(socket, 'connect')
    return peer
  }

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('close', () => {
      this.isClosed = true
    })
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.received += chunk.byteLength
    })
  }

  get heard(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  async hears(text: string): Promise<void> {
    await eventually(
      `${JSON.stringify(text)} is heard`,
      () => this.heard.includes(Buffer.from(text, 'latin1')),
      10_000,
    )
  }

  async closed(): Promise<void> {
    await eventually('the connection is closed', () => this.isClosed, 10_000)
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }
}
