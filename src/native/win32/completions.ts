import { isMainThread } from 'node:worker_threads'
import { addressOf, nativeCallback } from '../ffi.ts'
import { kernel32 } from './kernel32.ts'

/** Who is told when an operation with this OVERLAPPED has ended, by its address. */
const listeners: Map<number, Completions> = new Map()

/** One C function for all ports of this thread; made when first needed, and never taken away. */
let callback: bigint | undefined

/** Called on this thread by way of koffi; a thread of the system's pool stands still meanwhile. */
function onCompletion(_error: number, _count: number, overlapped: number): void {
  listeners.get(overlapped)?.tell()
}

/** koffi's way into the event loop does not keep the process alive; while somebody awaits something, this timer does. */
let keepAlive: NodeJS.Timeout | undefined
const awaiting: Set<Completions> = new Set()

function updateKeepAlive(): void {
  keepAlive ??= setInterval(() => {}, 0x7fffffff)
  if (awaiting.size > 0) keepAlive.ref()
  else keepAlive.unref()
}

/**
 * The ends of the operations of one OVERLAPPED, told by the system's thread pool through a completion port: nothing has to
 * be registered for each operation, which a wait for its event needs, and which costs more than all the rest of a read.
 * Each operation on the handle is told of, except where the lowest bit of its `hEvent` is set; what is told may be an
 * earlier one than that under way, so whoever hears it looks. Source: Microsoft Learn, "BindIoCompletionCallback function
 * (winbase.h)" and, for the bit, "GetQueuedCompletionStatus function (ioapiset.h)".
 */
export class Completions {
  readonly #address: number
  #listener: (() => void) | undefined
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
    listeners.set(address, this)
  }

  /** Calls at each completion, until told otherwise; nobody: none is awaited. */
  listen(listener: (() => void) | undefined): void {
    this.#listener = listener
    this.#update()
  }

  tell(): void {
    try {
      this.#listener?.()
    } catch (error) {
      // Not through native code: as any other uncaught error.
      queueMicrotask(() => {
        throw error
      })
    }
  }

  /** Whether it keeps the process alive while somebody listens. */
  ref(on: boolean): void {
    this.#referenced = on
    this.#update()
  }

  #update(): void {
    if (this.#listener !== undefined && this.#referenced) awaiting.add(this)
    else awaiting.delete(this)
    updateKeepAlive()
  }

  close(): void {
    this.listen(undefined)
    listeners.delete(this.#address)
  }
}
