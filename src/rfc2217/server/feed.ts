import { setImmediate as turn } from 'node:timers/promises'
import type { LineError } from '../../line-errors.ts'
import type { InputSignals } from '../../signals.ts'
import { pieceSize } from '../../tcp/index.ts'
import type { Command } from '../com-port.ts'
import type { Protocol } from '../protocol.ts'
import { escape } from '../telnet.ts'
import { modemState } from '../values.ts'
import type { Line } from './line.ts'
import { Notices } from './notices.ts'
import type { Outlet } from './outlet.ts'
import type { ServedPort } from './served-port.ts'

/** A terminal gives so many bytes at a time when it has more. Source: Linux, drivers/tty/n_tty.c, N_TTY_BUF_SIZE. */
const terminalChunk = 4095

/** What a feed is made of. */
export interface FeedParts {
  readonly port: ServedPort
  readonly protocol: Protocol
  readonly line: Line
  readonly outlet: Outlet
  /** Aborts when the client is fed no more. */
  readonly over: AbortSignal
  /** Hears that the port could not be read. */
  readonly failed: (error: unknown) => void
}

/** From a port to a client: its bytes, and each thing that is told of its line where it stands among them. */
export class Feed {
  readonly #parts: FeedParts
  readonly #notices: Notices = new Notices()
  #isWatching = false
  /** Where in the stream of the port the client is. */
  #sent: number

  constructor(parts: FeedParts) {
    this.#parts = parts
    this.#sent = parts.port.position
    parts.port.on('lineError', this.#lineError)
  }

  /** Nothing more is told of the line. */
  end(): void {
    this.#parts.port.off('lineError', this.#lineError)
    this.#parts.port.off('signals', this.#signals)
  }

  /** Says what a command says, such as its answer. */
  tell(command: Command, value: number, text?: string): void {
    const { outlet, over, protocol } = this.#parts
    if (!over.aborted) outlet.send(protocol.encode(command, value, text))
  }

  /** Passes on what the port receives, for as long as there is somebody to take it. */
  async run(): Promise<void> {
    const { failed, outlet, over, port } = this.#parts
    while (!over.aborted) {
      try {
        if (!outlet.hasRoom) await outlet.ready(over)
        const chunk = await port.read({ timeout: Infinity, signal: over })
        const begin = port.position - chunk.byteLength
        // It may want nothing any more, and what it purges before it does again is dropped.
        if (!outlet.hasRoom) await outlet.ready(over)
        if (!over.aborted && this.#sent < begin + chunk.byteLength) await this.#send(chunk, begin)
        // More is coming: what arrives in the same turn of the event loop goes together.
        if (chunk.byteLength >= terminalChunk) await turn()
      } catch (error) {
        if (!over.aborted) failed(error)
      }
    }
  }

  /**
   * Sends what stands at this place in the stream, each line error before the byte that it is about, and never so much at a time
   * that a client waits in vain for an answer behind it. A purge meanwhile skips the rest.
   */
  async #send(chunk: Uint8Array, begin: number): Promise<void> {
    const { outlet, over } = this.#parts
    const end = begin + chunk.byteLength
    this.#sent = begin
    while (this.#sent < end) {
      if (!outlet.hasRoom) await outlet.ready(over)
      // A purge may have come while there was no room.
      if (this.#sent >= end) return
      this.#tellErrors()
      const next = Math.min(end, this.#sent + pieceSize, this.#notices.nextError)
      outlet.send(escape(chunk.subarray(this.#sent - begin, next - begin)))
      this.#sent = next
    }
    this.#tellErrors()
  }

  /** What was purged is not there to be sent. */
  skip(): void {
    this.#sent = this.#parts.port.position
    this.#notices.takeErrors(this.#sent)
  }

  readonly #lineError = (error: LineError): void => {
    this.#notices.addError(error)
    this.tellChanges()
  }

  #tellErrors(): void {
    const bits = this.#notices.takeErrors(this.#sent)
    if (bits !== 0) this.tell('lineState', bits)
  }

  readonly #signals = (inputs: InputSignals): void => {
    this.#notices.see(inputs)
    this.tellChanges()
  }

  /** A client that takes nothing hears of the lines when it does. */
  tellChanges(): void {
    if (!this.#parts.outlet.hasRoom) return
    this.#tellErrors()
    const state = this.#notices.takeModemState()
    if (state !== 0) this.tell('modemState', state)
  }

  /** The client wants to hear of these errors. */
  maskErrors(mask: number): void {
    this.#notices.lineMask = mask
  }

  /** The client wants to hear of these lines. */
  maskSignals(mask: number): void {
    this.#notices.modemMask = mask
    this.watch()
  }

  /** Whether the client speaks RFC 2217, and not Telnet alone; either side may have said so. */
  get isAgreed(): boolean {
    const { protocol } = this.#parts
    return protocol.isEnabled('remote', 'comPort') || protocol.isEnabled('local', 'comPort')
  }

  /** Lines are looked at only for somebody who wants to know. */
  watch(): void {
    const { over, port } = this.#parts
    const wanted = this.isAgreed && this.#notices.modemMask !== 0
    if (wanted === this.#isWatching || over.aborted) return
    this.#isWatching = wanted
    if (wanted) port.on('signals', this.#signals)
    else port.off('signals', this.#signals)
  }

  /** What there is, also without a change. */
  async tellModemState(): Promise<void> {
    const inputs = await this.#parts.line.inputs()
    this.#notices.see(inputs)
    this.#notices.takeModemState()
    this.tell('modemState', modemState(inputs, inputs))
  }
}
