import { isMainThread } from 'node:worker_threads'
import { KeepAlive } from '../../keep-alive.ts'
import { addressOf, nativeCallback } from '../ffi.ts'
import { kernel32 } from './kernel32.ts'

/** Who is told when an operation with this OVERLAPPED has ended, by its address. */
const listeners: Map<number, Completions> = new Map()

/** One C function for all ports of this thread; made when first needed, and never taken away. */
let callback: bigint | undefined

/** Called on this thread by way of koffi; a thread of the system's pool stands still meanwhile. */
function onCompletion(_error: number, _count: number, overlapped: number): void {
  listeners.get(overlapped)?.tell?.()
}

/**
 * The ends of the operations of one OVERLAPPED, told by the system's thread pool through a completion port: nothing has to
 * be registered for each operation, as for a wait for its event, which in Wine makes up a third of a round trip.
 * Each operation on the handle is told of, except where the lowest bit of its `hEvent` is set; what is told may be an
 * earlier one than that under way, so whoever hears it looks. Source: Microsoft Learn, "BindIoCompletionCallback function
 * (winbase.h)" and, for the bit, "GetQueuedCompletionStatus function (ioapiset.h)".
 */
export class Completions {
  readonly #address: number
  /** Who listens. */
  tell: (() => void) | undefined
  /** koffi's way into the event loop does not. */
  readonly #keepAlive: KeepAlive = new KeepAlive()
  #referenced = true

  /** Undefined where there are none: in worker threads, since a callback into a thread that has ended crashes. */
  static of(handle: number, overlapped: Uint8Array): Completions | undefined {
    if (!isMainThread) return undefined
    callback ??= nativeCallback(['DWORD', 'DWORD', 'ULONG_PTR'], onCompletion)
    if (kernel32.BindIoCompletionCallback(handle, callback, 0) === 0) return undefined
    return new Completions(addressOf(overlapped))
  }

  private constructor(address: number) {
    this.#address = address
    this.#keepAlive.unref()
    listeners.set(address, this)
  }

  /** Calls at each completion, until told otherwise; nobody: none is awaited. */
  listen(listener: (() => void) | undefined): void {
    this.tell = listener
    this.#update()
  }

  /** Whether it keeps the process alive while somebody listens. */
  ref(on: boolean): void {
    this.#referenced = on
    this.#update()
  }

  #update(): void {
    if (this.tell !== undefined && this.#referenced) this.#keepAlive.ref()
    else this.#keepAlive.unref()
  }

  close(): void {
    this.tell = undefined
    this.#keepAlive.end()
    listeners.delete(this.#address)
  }
}
