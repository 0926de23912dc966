import { SerialError } from '../../errors.ts'
import { aborted, repeated, timedOut, unsupported } from '../../failures.ts'
import { Connection, isDenial, pieceSize, tokenWanted } from '../../tcp/index.ts'
import type { Address } from '../../tcp/index.ts'
import type { Command, Message } from '../com-port.ts'
import { Protocol } from '../protocol.ts'
import type { ProtocolEvent } from '../protocol.ts'
import { escaping } from './escaping.ts'

/** Bytes that may wait for a server which asks and asks: a piece of data, escaped, and a few thousand answers. */
const mostWaiting = 2 * pieceSize + 16 * 1024

/** A message to the server. */
export type Outgoing = readonly [command: Command, value?: number, text?: string]

/** Who hears from a {@link Link}. */
export interface LinkSink {
  /** The memory is the link's again as soon as the call returns. */
  data(bytes: Uint8Array): void
  message(message: Message): void
  /** The server has said something that is about Telnet alone, such as a question whether we are there. */
  sign(): void
  /** Whether there is room for more. */
  hasRoom(): boolean
  end(reason: SerialError): void
}

/** A connection that speaks RFC 2217: bytes and messages each way. */
export class Link {
  readonly connection: Connection
  readonly #path: string
  readonly #protocol: Protocol = new Protocol('client')
  readonly #sink: LinkSink
  /** What waits for the server to let it come; undefined while nothing has to. */
  #suspended: Uint8Array[] | undefined
  #suspendedBytes = 0
  #isOver = false
  #negotiated: { resolve(): void; reject(error: unknown): void } | undefined

  /** Connects, and agrees with the server on RFC 2217. */
  static async open(
    path: string,
    address: Address,
    sink: LinkSink,
    signal: AbortSignal | undefined,
  ): Promise<Link> {
    const options = { chunkSize: 64 * 1024, encode: escaping() }
    const connection = await Connection.open(address, path, options, signal)
    const link = new Link(connection, path, sink)
    try {
      await link.#negotiate(address.timeout, signal)
      return link
    } catch (error) {
      connection.destroy()
      throw error
    }
  }

  private constructor(connection: Connection, path: string, sink: LinkSink) {
    this.connection = connection
    this.#path = path
    this.#sink = sink
    connection.start({
      data: (chunk) => {
        if (this.#negotiated !== undefined && isDenial(chunk)) this.#negotiated.reject(tokenWanted(path))
        for (const event of this.#protocol.receive(chunk)) this.#take(event)
        return sink.hasRoom()
      },
      end: (reason) => this.#end(reason),
    })
  }

  #end(reason: SerialError): void {
    this.#isOver = true
    this.#negotiated?.reject(repeated(reason))
    this.#sink.end(reason)
  }

  async #negotiate(timeout: number, signal: AbortSignal | undefined): Promise<void> {
    const giveUp = () => this.#negotiated?.reject(aborted(this.#path, 'the opening', signal?.reason))
    const limit = setTimeout(() => this.#negotiated?.reject(this.#noAnswer(timeout)), timeout)
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      await new Promise<void>((resolve, reject) => {
        this.#negotiated = { resolve, reject }
        if (signal?.aborted === true) giveUp()
        this.connection.writer.send(this.#protocol.begin())
      })
    } finally {
      this.#negotiated = undefined
      clearTimeout(limit)
      signal?.removeEventListener('abort', giveUp)
    }
  }

  #noAnswer(timeout: number): SerialError {
    const what = timedOut(this.#path, 'the negotiation of RFC 2217', timeout)
    const message = `${what.message}; does the server speak it? One that passes bytes alone is socket://`
    return new SerialError(what.code, message, { path: this.#path })
  }

  #take(event: ProtocolEvent): void {
    switch (event.kind) {
      case 'data':
        return this.#sink.data(event.bytes)
      case 'reply':
        this.#sink.sign()
        return this.#reply(event.bytes)
      case 'message':
        return this.#takeMessage(event.message)
      case 'option':
        return this.#takeOption(event)
      case 'here':
        // Nobody asks a server: what waits for one has a time-out.
        return
    }
  }

  #takeOption({ enabled, option, side }: Extract<ProtocolEvent, { kind: 'option' }>): void {
    const isNeeded = option === 'binary' || (option === 'comPort' && side === 'local')
    if (!isNeeded) return
    if (!enabled) this.#negotiated?.reject(this.#refused(option))
    const protocol = this.#protocol
    const isBinary = protocol.isEnabled('local', 'binary') && protocol.isEnabled('remote', 'binary')
    if (isBinary && protocol.isEnabled('local', 'comPort')) this.#negotiated?.resolve()
  }

  #refused(option: 'binary' | 'comPort'): SerialError {
    const why = {
      comPort: 'the server does not offer its port by RFC 2217; the bytes alone may be had as socket://',
      binary: 'the server refuses to pass all bytes as they are (BINARY, RFC 856)',
    }
    return unsupported(this.#path, why[option])
  }

  /**
   * The server may ask to be sent nothing, neither data nor messages, for a while. Source: RFC 2217, section 5. Who we are it may ask
   * before anything is negotiated.
   */
  #takeMessage(message: Message): void {
    if (message.command === 'suspend') {
      this.#suspended ??= []
      this.connection.writer.hold(true)
    } else if (message.command === 'resume') {
      const waiting = this.#suspended ?? []
      this.#suspended = undefined
      this.#suspendedBytes = 0
      for (const bytes of waiting) this.#send(bytes)
      this.connection.writer.hold(false)
    } else if (message.command === 'signature' && message.text === '') {
      this.#reply(this.#protocol.encode('signature', 0, 'baud'))
    } else this.#sink.message(message)
  }

  /** Sends messages, together. */
  tell(...messages: readonly Outgoing[]): void {
    this.#send(Buffer.concat(messages.map((message) => this.#protocol.encode(...message))))
  }

  #send(bytes: Uint8Array): void {
    if (this.#suspended === undefined) this.connection.writer.send(bytes)
    else {
      this.#suspended.push(bytes)
      this.#suspendedBytes += bytes.byteLength
    }
  }

  /** What the server has caused itself: one that goes on and takes none of it would fill the memory. */
  #reply(bytes: Uint8Array): void {
    if (this.#isOver) return
    this.#send(bytes)
    const { writer } = this.connection
    if (this.#suspendedBytes + writer.waiting <= mostWaiting) return
    const message = `${this.#path}: the server asks and asks, and takes no answers`
    const reason = new SerialError('REMOTE', message, { path: this.#path })
    this.connection.destroy()
    writer.fail(reason)
    this.#end(reason)
  }
}
