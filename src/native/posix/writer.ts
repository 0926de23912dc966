import { SerialError } from '../../errors.ts'
import type { Device } from './device.ts'

/** A stream used for nothing but to wait for room: see {@link Writer}. */
export interface Waiter {
  /** Bytes given to it that the device has not taken. */
  readonly writableLength: number
  write(data: Uint8Array, done: (error?: Error | null) => void): boolean
  destroy(): unknown
}

/** Look again after this many ms where the event loop can't tell us of room. */
const lookEvery = 2

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
 * Libuv tells of room only to a write of its own, and takes a write back only when its handle is closed. So the port
 * has a second handle for this alone, which is given one byte, "parked" until there is room. A write that is ended
 * early closes that handle: what was counted was taken, and nothing else will be sent. From then on, and for a port that
 * may not keep the process alive as a libuv write does, room is looked for from a timer; a new handle would mean another
 * open of the device, which raises DTR and RTS.
 */
export class Writer {
  readonly #device: Device
  #waiter: Waiter | undefined
  #pending: Pending | undefined
  #parked = false
  #look: NodeJS.Timeout | undefined
  #referenced = true
  #failure: SerialError | undefined

  constructor(device: Device, waiter: Waiter | undefined) {
    this.#device = device
    this.#waiter = waiter
  }

  write(data: Uint8Array): number | Promise<number> {
    if (this.#failure !== undefined) throw this.#failure
    const taken = this.#device.writeOn(data, 0)
    const total = data.byteLength
    if (taken === total) return taken
    return new Promise((resolve, reject) => {
      this.#pending = { data, total, taken, resolve, reject }
      this.#waitForRoom(this.#pending)
    })
  }

  cancel(): void {
    const pending = this.#pending
    if (pending === undefined) return
    this.#pending = undefined
    clearTimeout(this.#look)
    if (!this.#unpark()) pending.taken += 1
    this.#parked = false
    pending.resolve(pending.taken)
  }

  /** The device is gone: nothing more will be taken. */
  fail(error: SerialError): void {
    this.#failure = error
    this.close()
  }

  close(): void {
    this.cancel()
    this.#waiter?.destroy()
    this.#waiter = undefined
  }

  ref(): void {
    this.#referenced = true
    this.#look?.ref()
  }

  unref(): void {
    this.#referenced = false
    this.#look?.unref()
    if (this.#parked && this.#unpark()) this.#lookLater()
  }

  /** Goes on with the pending write until it is done or the device is full again. */
  #advance(): void {
    const pending = this.#pending
    if (pending === undefined) return
    try {
      checkAttached(pending)
      pending.taken += this.#device.writeOn(pending.data, pending.taken)
    } catch (error) {
      this.#pending = undefined
      pending.reject(error)
      return
    }
    if (pending.taken < pending.total) return this.#waitForRoom(pending)
    this.#pending = undefined
    pending.resolve(pending.taken)
  }

  #waitForRoom(pending: Pending): void {
    if (this.#waiter === undefined || !this.#referenced) return this.#lookLater()
    this.#parked = true
    const byte = Uint8Array.of(pending.data[pending.taken] ?? 0)
    // An error of the stream reaches the port as an event of its own.
    this.#waiter.write(byte, (error) => {
      if (!this.#parked || this.#pending !== pending) return
      this.#parked = false
      if (error) return
      pending.taken += 1
      this.#advance()
    })
  }

  /** Takes the parked byte back; false when it has gone out already, of which we were yet to hear. */
  #unpark(): boolean {
    if (!this.#parked) return true
    if (this.#waiter?.writableLength === 0) return false
    this.#parked = false
    this.#waiter?.destroy()
    this.#waiter = undefined
    return true
  }

  #lookLater(): void {
    this.#look = setTimeout(() => this.#advance(), lookEvery)
    if (!this.#referenced) this.#look.unref()
  }
}

/** Memory that was transferred away meanwhile has no bytes any more. */
function checkAttached({ data, taken, total }: Pending): void {
  if (data.byteLength === total) return
  throw new SerialError('INVALID_OPTION', 'data was resized or transferred while it was being written', {
    bytesTransferred: taken,
  })
}
