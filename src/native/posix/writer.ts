import { SerialError } from '../../errors.ts'
import type { Device } from './device.ts'

/** The part of a stream that waits for room. */
interface Waiter {
  write(data: Uint8Array, done: (error?: Error | null) => void): boolean
}

/** Retry after this many ms where the event loop can't tell us of room. */
const retryEvery = 2

interface Pending {
  readonly data: Uint8Array
  readonly total: number
  taken: number
  resolve(taken: number): void
  reject(error: unknown): void
}

/**
 * Writes with `write(2)` directly, and waits for room through the event loop when the device takes no more.
 *
 * Libuv tells of room only to a write of its own, and a write once given to libuv can't be taken back; so it is given
 * a single byte, "parked" until it goes out, and the rest stays ours. A cancelled write thus counts exactly what
 * was taken: the parked byte is, as those in the driver's buffer are.
 */
export class Writer {
  readonly #device: Device
  readonly #waiter: Waiter | undefined
  #pending: Pending | undefined
  #parked = false
  #dropping = false
  #failure: SerialError | undefined

  constructor(device: Device, waiter: Waiter | undefined) {
    this.#device = device
    this.#waiter = waiter
  }

  /** Bytes taken that wait in the event loop: 0 or 1. */
  get parked(): number {
    return this.#parked && this.#waiter !== undefined ? 1 : 0
  }

  write(data: Uint8Array): number | Promise<number> {
    if (this.#failure !== undefined) throw this.#failure
    // Behind a parked byte everything waits its turn.
    const taken = this.#parked ? 0 : this.#device.write(data, 0)
    const total = data.byteLength
    if (taken === total) return taken
    return new Promise((resolve, reject) => {
      this.#pending = { data, total, taken, resolve, reject }
      if (!this.#parked) this.#advance()
    })
  }

  cancel(): void {
    const pending = this.#pending
    this.#pending = undefined
    pending?.resolve(pending.taken)
  }

  /** The device is gone: nothing more will be taken, and a parked byte is lost with it. */
  fail(error: SerialError): void {
    this.#failure = error
    this.cancel()
    this.#unpark()
  }

  /** The port closes: no output is to stay held. */
  release(): void {
    if (this.#dropping) this.#endDropping()
  }

  /**
   * A parked byte is not to be sent, and can't be taken back: the output is held until the device has taken it, and
   * then it is dropped there.
   */
  dropParked(): void {
    if (this.parked === 0 || this.#dropping) return
    this.#dropping = true
    this.#device.holdOutput(true)
    this.#device.purge('output')
  }

  #landed(): void {
    if (this.#dropping) this.#endDropping()
    this.#unpark()
  }

  #endDropping(): void {
    this.#dropping = false
    try {
      this.#device.purge('output')
      this.#device.holdOutput(false)
    } catch {
      // The device is gone, as the port hears in another way, and the byte with it.
    }
  }

  /** Goes on with the pending write until it is done or the device is full again. */
  #advance(): void {
    const pending = this.#pending
    if (pending === undefined) return
    try {
      checkAttached(pending)
      pending.taken += this.#device.write(pending.data, pending.taken)
    } catch (error) {
      this.#pending = undefined
      pending.reject(error)
      return
    }
    if (pending.taken < pending.total) return this.#park(pending)
    this.#pending = undefined
    pending.resolve(pending.taken)
  }

  #park(pending: Pending): void {
    this.#parked = true
    if (this.#waiter === undefined) {
      setTimeout(() => this.#unpark(), retryEvery)
      return
    }
    // A copy: the caller may change the data after a cancel, and this byte has been counted as taken.
    const byte = Uint8Array.of(pending.data[pending.taken] ?? 0)
    pending.taken += 1
    // An error of the stream reaches the port as an event of its own.
    this.#waiter.write(byte, (error) => {
      if (!error) this.#landed()
    })
  }

  #unpark(): void {
    this.#parked = false
    this.#advance()
  }
}

/** Memory that was transferred away meanwhile has no bytes any more. */
function checkAttached({ data, taken, total }: Pending): void {
  if (data.byteLength === total) return
  throw new SerialError('INVALID_OPTION', 'data was resized or transferred while it was being written', {
    bytesTransferred: taken,
  })
}
