import type { Socket } from 'node:net'
import type { SerialError } from '../errors.ts'
import { PendingWrite } from '../pending-write.ts'
import { Waiters } from '../waiters.ts'

/** What is given to the socket at a time. Of a write that is ended early at most this much more leaves than the system had taken. */
export const pieceSize: number = 64 * 1024

/** Smaller ones get memory of their own, so that a port which sends little costs little. */
const smallPiece = 4096

/** What a piece becomes on the connection, in memory that is not the piece's and is the connection's until the next. */
export type Encode = (piece: Uint8Array) => Uint8Array

/**
 * Writes a piece at a time, and the next when the system has taken the whole of it: what the socket was given can't be
 * taken back. It is given a copy, since a write that is ended early gives its memory back while the piece is on its way.
 */
export class Writer {
  readonly #socket: Socket
  readonly #path: string
  readonly #encode: Encode
  #memory: Buffer | undefined
  #pending: PendingWrite | undefined
  readonly #drains: Waiters = new Waiters()
  #failure: SerialError | undefined
  #held = false

  constructor(socket: Socket, path: string, encode: Encode = (piece) => this.#copy(piece)) {
    this.#socket = socket
    this.#path = path
    this.#encode = encode
  }

  /** Bytes that the socket has and the system has not taken. */
  get waiting(): number {
    return this.#socket.writableLength
  }

  write(data: Uint8Array): number | Promise<number> {
    if (this.#failure !== undefined) throw this.#failure
    const taken = this.#give(data, 0)
    if (taken === data.byteLength && this.#isIdle) return taken
    this.#pending = new PendingWrite(data, taken)
    return this.#pending.settled
  }

  /** Whether the next piece can be given. */
  get #isIdle(): boolean {
    return this.waiting === 0 && !this.#held
  }

  /** Sends bytes as they are, now: between two pieces of whatever is being written. */
  send(bytes: Uint8Array): void {
    if (this.#failure === undefined) this.#pass(bytes)
  }

  /** Gives the socket no more of what is written, or goes on. */
  hold(on: boolean): void {
    this.#held = on
    if (!on) this.#goOn()
  }

  #pass(bytes: Uint8Array): void {
    this.#socket.write(bytes, (error) => {
      if (!error) this.#goOn()
    })
  }

  /** Gives the socket pieces from `start` on while it gets rid of each at once; returns how many bytes it took. */
  #give(data: Uint8Array, start: number): number {
    let given = start
    while (given < data.byteLength && this.#isIdle) {
      const piece = data.subarray(given, given + pieceSize)
      this.#pass(this.#encode(piece))
      // It is gone, as the port is about to hear.
      if (this.#socket.errored !== null || this.#socket.destroyed) break
      given += piece.byteLength
    }
    return given - start
  }

  #copy(piece: Uint8Array): Uint8Array {
    if (piece.byteLength <= smallPiece) return Buffer.from(piece)
    this.#memory ??= Buffer.allocUnsafeSlow(pieceSize)
    this.#memory.set(piece)
    return this.#memory.subarray(0, piece.byteLength)
  }

  /** The system has taken a piece, at once or after a while. */
  #goOn(): void {
    if (!this.#isIdle || this.#failure !== undefined) return
    this.#drains.release()
    const pending = this.#pending
    if (pending === undefined) return
    if (!pending.checkData(this.#path)) {
      this.#pending = undefined
      return
    }
    pending.taken += this.#give(pending.data, pending.taken)
    if (pending.isDone && this.#isIdle) this.cancel()
  }

  /** Settles the pending write with what the socket was given. */
  cancel(): void {
    const pending = this.#pending
    this.#pending = undefined
    pending?.settle()
  }

  /** Resolves when the system has taken everything. */
  async drain(signal: AbortSignal): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    if (!this.#isIdle) await this.#drains.wait(signal)
  }

  /** The connection is gone: nothing more will be taken. */
  fail(error: SerialError): void {
    this.#failure = error
    this.cancel()
  }
}
