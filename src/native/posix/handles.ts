import type { SocketConstructorOpts } from 'node:net'
import { ReadStream } from 'node:tty'
import type { PortSettings } from '../../settings.ts'
import { addressOf } from '../ffi.ts'
import type { Tty } from './tty.ts'

/** What one turn of the event loop reads at most; libuv's own reads have this size too. */
const chunkSize = 64 * 1024

/**
 * The ports of a thread read into the same memory, one after the other: what arrives is copied out before the event
 * loop goes on, so a port costs no buffer while it is silent.
 */
const sharedChunk: Buffer = Buffer.allocUnsafeSlow(chunkSize)

const F_GETFL = 3

/** A port's TTY handles in the event loop. They are made while it is being opened: the port that the chunks go to comes a moment later. */
export class Handles {
  stream: ReadStream | undefined
  /** Waits for room to write; missing where libuv would write in a busy loop. */
  waiter: ReadStream | undefined
  /** Hears of so many bytes at the beginning of the memory. */
  onChunk: (memory: Uint8Array, length: number) => void = () => {}
  readonly #chunk: Uint8Array

  constructor(settings: PortSettings) {
    this.#chunk = sharedChunk.subarray(0, Math.min(chunkSize, settings.receiveBufferSize))
  }

  /** Where the memory of the chunks stands. */
  get address(): number {
    return addressOf(sharedChunk)
  }

  adopt(tty: Tty): void {
    const chunk = this.#chunk
    const callback = (length: number): boolean => {
      this.onChunk(chunk, length)
      return true
    }
    // tty.ReadStream passes its options on to net.Socket, of which its types name only some.
    const options = { onread: { buffer: chunk, callback } } as SocketConstructorOpts
    this.stream = intoEventLoop(tty, options).stream
    const { reopened, stream } = intoEventLoop(tty, {})
    if (reopened) this.waiter = stream
    else stream.destroy()
  }

  /** Gives them up when the opening has failed. */
  destroy(): void {
    this.stream?.destroy()
    this.waiter?.destroy()
  }
}

/**
 * Libuv opens the device anew, to have an open file of its own that it may make non-blocking, and puts it behind
 * the descriptor it was given as well. It gets a copy of ours, so that ours keeps its open file and lock.
 *
 * Where libuv may not open the device it uses the copy, and would write in a busy loop. O_APPEND, which means
 * nothing to a terminal, was set on our open file and tells the two cases apart.
 */
function intoEventLoop(tty: Tty, options: SocketConstructorOpts): { stream: ReadStream; reopened: boolean } {
  const { F_DUPFD_CLOEXEC, O_APPEND, calls } = tty.system
  const copy = tty.check('fcntl(F_DUPFD_CLOEXEC)', calls.fcntl(tty.fd, F_DUPFD_CLOEXEC, 0))
  let stream
  try {
    stream = new ReadStream(copy, options)
  } catch (error) {
    calls.close(copy)
    throw error
  }
  const flags = calls.fcntl(copy, F_GETFL, 0)
  const reopened = flags >= 0 && (flags & O_APPEND) === 0
  if (reopened) calls.close(copy)
  return { stream, reopened }
}
