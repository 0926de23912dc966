import { Deadline } from '../../deadline.ts'
import { Completions } from './completions.ts'
import { kernel32 } from './kernel32.ts'
import { fixedMemory } from './memory.ts'
import { OverlappedMemory, startOverlapped } from './overlapped.ts'
import { whenSignalled } from './waits.ts'
import type { PendingWait } from './waits.ts'

/** Back in JavaScript so often (ms): only there can a worker thread, or a process that exits, be ended. */
const longestWait = 250

/** The outcome of an operation: how many bytes, and the error number or 0. */
export interface Outcome {
  readonly count: number
  readonly error: number
}

/**
 * One direction of a port: an OVERLAPPED and its event, for one operation at a time. The event stays signalled from the
 * end of an operation until the next one starts, which resets it.
 */
export class Operation {
  readonly #handle: number
  readonly #overlapped: OverlappedMemory = new OverlappedMemory()
  readonly #event: number
  readonly #count: Uint8Array = fixedMemory(4)
  readonly #completions: Completions | undefined
  #wait: PendingWait | undefined
  #referenced = true
  #again: NodeJS.Timeout | undefined

  /**
   * @param told - how the event loop hears of an end. `'often'`: through the completion port of the handle, which can have
   * but one, and then only of this operation
   */
  constructor(handle: number, told: 'often' | 'seldom' = 'seldom') {
    this.#handle = handle
    this.#event = kernel32.CreateEventW(null, 1, 0, null)
    if (this.#event === 0) throw new Error(`CreateEvent: ${kernel32.GetLastError()}`)
    if (told === 'often') this.#completions = Completions.of(handle, this.#overlapped.bytes)
    // The lowest bit, which is no part of a handle: its end is not for the completion port.
    this.#overlapped.hEvent = this.#completions === undefined ? this.#event | 1 : this.#event
  }

  /** Whether the system still works on it. */
  get pending(): boolean {
    return this.#overlapped.pending
  }

  /** How many bytes the operation has transferred, once it has ended. */
  get transferred(): number {
    return this.pending ? 0 : this.#overlapped.InternalHigh
  }

  /** Whether waiting for it keeps the process alive. */
  get referenced(): boolean {
    return this.#referenced
  }

  /** For the call that gets the event mask. */
  get dwordBytes(): Uint8Array {
    return this.#overlapped.dwordBytes
  }

  get dword(): number {
    return this.#overlapped.dword
  }

  /** Starts an operation; `held` stays where it is until it has ended. Returns 0, 997, or the error number. */
  start(held: unknown, call: (handle: number, overlapped: Uint8Array) => number): number {
    // The wish to end the last one is not for this one.
    clearTimeout(this.#again)
    return startOverlapped(this.#overlapped, held, (bytes) => call(this.#handle, bytes))
  }

  /** How the operation ended, waiting for that until the deadline; undefined when it has not. */
  wait(deadline: Deadline): Outcome | undefined {
    while (this.pending && !deadline.passed) {
      const milliseconds = Math.ceil(Math.min(deadline.left, longestWait))
      kernel32.WaitForSingleObject(this.#event, milliseconds)
    }
    return this.pending ? undefined : this.outcome()
  }

  /** How the operation that has ended did. */
  outcome(): Outcome {
    // As the rule is: what the system would say stands here already.
    if (this.#overlapped.succeeded) return { count: this.#overlapped.InternalHigh, error: 0 }
    const ok = kernel32.GetOverlappedResult(this.#handle, this.#overlapped.bytes, this.#count, 0)
    const error = ok === 0 ? kernel32.GetLastError() : 0
    // Also with an error: what was transferred before it.
    return { count: this.#overlapped.InternalHigh, error }
  }

  /** Calls once, from the event loop, when the operation has ended. */
  whenDone(done: () => void): void {
    if (this.#completions !== undefined) return this.#listen(this.#completions, done)
    const wait = whenSignalled(this.#event, 0xffffffff, this, () => {
      this.#wait = undefined
      done()
    })
    if (typeof wait === 'number') throw new Error(`RegisterWaitForSingleObject: ${wait}`)
    this.#wait = wait
    wait.ref(this.#referenced)
  }

  #listen(completions: Completions, done: () => void): void {
    completions.listen(() => {
      // Of an operation before this one, whose end was seen without being told.
      if (this.pending) return
      completions.listen(undefined)
      done()
    })
  }

  /** Whether waiting for it keeps the process alive. */
  ref(on: boolean): void {
    this.#referenced = on
    this.#completions?.ref(on)
    this.#wait?.ref(on)
  }

  /** Asks the system to end it, until it has; how it ended is told as always. */
  cancel(): void {
    clearTimeout(this.#again)
    if (this.#requestEnd()) return
    this.#again = setTimeout(() => this.cancel(), 1)
    if (!this.#referenced) this.#again.unref()
  }

  /** The same, waiting until it has ended: undefined when that takes longer than so many ms. */
  end(milliseconds: number): Outcome | undefined {
    const deadline = new Deadline(milliseconds)
    while (!this.#requestEnd() && !deadline.passed) this.wait(new Deadline(1))
    return this.wait(deadline)
  }

  /**
   * False when it goes on. Nothing to cancel (error 1168) is what Windows says of an operation that has ended; Wine also of
   * one that it carries on with at this moment, since a part of the bytes could be moved.
   */
  #requestEnd(): boolean {
    return !this.pending || kernel32.CancelIoEx(this.#handle, this.#overlapped.bytes) !== 0 || !this.pending
  }

  /** Gives the event back. What is still under way keeps its memory until it has ended. */
  close(): void {
    clearTimeout(this.#again)
    this.#wait?.cancel()
    this.#wait = undefined
    this.#completions?.close()
    if (!this.pending) kernel32.CloseHandle(this.#event)
  }
}
