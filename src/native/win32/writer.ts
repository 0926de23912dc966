import type { SerialError } from '../../errors.ts'
import { ignoringErrors } from './device.ts'
import type { Device } from './device.ts'
import { kernel32 } from './kernel32.ts'
import { Operation } from './operation.ts'
import { fixedMemory } from './memory.ts'
import { within } from './reader.ts'
import { ERROR_IO_PENDING, ERROR_OPERATION_ABORTED, ERROR_WRITE_FAULT } from './winerror.ts'

/** Bytes in one call: some drivers fail above 32 MiB, and a copy of less is soon made. */
const most = 64 * 1024

/** A write that the caller waits for. */
interface Waiting {
  readonly data: Uint8Array
  readonly resolve: (count: number) => void
  readonly reject: (reason: SerialError) => void
}

/**
 * Writes in pieces, each copied into memory that nobody else has: what the caller does with the data cannot reach the
 * system. One write at a time.
 */
export class Writer {
  readonly #device: Device
  readonly #operation: Operation
  readonly #failed: (reason: SerialError) => void
  /** Taken when something is first written. */
  #memory: Uint8Array | undefined
  #taken = 0
  #cancelled = false
  #purged = false
  #waiting: Waiting | undefined
  #settled: Promise<void> = Promise.resolve()

  /** @param failed - hears of a failure that means the device is gone */
  constructor(device: Device, failed: (reason: SerialError) => void) {
    this.#device = device
    this.#failed = failed
    this.#operation = new Operation(device.handle)
  }

  /** Bytes given to the system that it has not taken yet. */
  get pending(): number {
    return this.#waiting === undefined ? 0 : this.#waiting.data.byteLength - this.#taken
  }

  write(data: Uint8Array): number | Promise<number> {
    this.#taken = 0
    this.#cancelled = false
    this.#purged = false
    const error = this.#writePieces(data)
    if (error === 0) return data.byteLength
    if (error !== ERROR_IO_PENDING) return Promise.reject(this.#failure(error))
    const result = new Promise<number>((resolve, reject) => {
      this.#waiting = { data, resolve, reject }
    })
    this.#settled = result.then(
      () => {},
      () => {},
    )
    this.#operation.whenDone(() => this.#pieceDone())
    return result
  }

  /** Writes until all is taken (0), a piece has to be waited for (997), or the error number. */
  #writePieces(data: Uint8Array): number {
    const memory = (this.#memory ??= fixedMemory(most))
    while (this.#taken < data.byteLength) {
      const piece = data.subarray(this.#taken, this.#taken + most)
      memory.set(piece)
      const rc = this.#operation.start(memory, (handle, overlapped) =>
        kernel32.WriteFile(handle, memory, piece.byteLength, null, overlapped),
      )
      if (rc !== 0) return rc
      const { count } = this.#operation.outcome()
      if (count === 0) return ERROR_WRITE_FAULT
      this.#took(count)
    }
    return 0
  }

  #took(count: number): void {
    this.#taken += count
    this.#device.wrote(count)
  }

  #pieceDone(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    const { count, error } = this.#operation.outcome()
    this.#took(count)
    const aborted = this.#cancelled && error === ERROR_OPERATION_ABORTED
    if (error !== 0 && !aborted) return this.#reject(error)
    const next = this.#cancelled ? 0 : this.#writePieces(waiting.data)
    if (next === ERROR_IO_PENDING) return this.#operation.whenDone(() => this.#pieceDone())
    if (next !== 0) return this.#reject(next)
    if (this.#purged) ignoringErrors(() => this.#device.purge('output'))
    this.#waiting = undefined
    waiting.resolve(this.#taken)
  }

  #reject(errno: number): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(this.#failure(errno))
  }

  #failure(errno: number): SerialError {
    const failure = this.#device.error('WriteFile', errno, this.#taken)
    if (failure.code === 'DISCONNECTED') queueMicrotask(() => this.#failed(failure))
    return failure
  }

  /** Makes the write that is waited for settle soon, with what was taken. */
  cancel(): void {
    this.#cancelled = true
    this.#operation.cancel()
  }

  /**
   * Ends the write under way, and empties the queue when it has ended: until then it may move more bytes, which would
   * follow the gap that emptying has made. A driver that heeds no cancel is left to its own purge, which ends writes.
   */
  async purge(): Promise<void> {
    // The next one may begin as soon as this has ended, and is not to be purged with it.
    const waiting = this.#waiting
    const settled = this.#settled
    if (waiting === undefined) return this.#device.purge('output')
    this.#purged = true
    this.cancel()
    await within(100, settled)
    if (this.#waiting === waiting) this.#device.purge('output')
    await within(1000, settled)
  }

  ref(on: boolean): void {
    this.#operation.ref(on)
  }

  /** Cancels, and resolves when the memory is ours again, or after a second without an answer. */
  async stop(): Promise<void> {
    this.cancel()
    this.#operation.ref(true)
    await within(1000, this.#settled)
    // The driver does not answer. Its memory stays pinned; the caller need not wait for it.
    this.#waiting?.resolve(this.#taken)
    this.#waiting = undefined
    this.#operation.close()
  }
}
