import type { SerialError } from '../../errors.ts'
import { PendingWrite } from '../../pending-write.ts'
import type { Device } from './device.ts'

/** A stream used for nothing but to wait for room: see {@link Writer}. */
export interface Waiter {
  /** 0 when the system has taken all that was given to it. */
  readonly writableLength: number
  /** Node's own, and not documented: `writeQueueSize` is how many bytes libuv still holds. */
  readonly _handle?: { readonly writeQueueSize?: unknown } | null
  write(data: Uint8Array, done: (error?: Error | null) => void): boolean
  destroy(): unknown
}

/** What is given to libuv at a time. It is copied, since libuv would go on reading memory that was transferred away. */
const parcelSize = 64 * 1024

/** Look again after this many ms where the event loop can't tell us of room. */
const lookEvery = 2

/**
 * Writes with `write(2)` directly, and lets libuv write the rest when the device takes no more.
 *
 * Libuv waits for room with a write of its own only, and takes one back only when its handle is closed. So the port has a
 * second handle for this alone. A write that is ended early closes that handle: what libuv no longer holds was taken, and
 * nothing else will be sent. From then on, and for a port that may not keep the process alive as a libuv write does, room
 * is looked for from a timer; a new handle would mean another open of the device, which raises DTR and RTS.
 *
 * Should Node cease to say how much libuv holds, it is given a single byte at a time, of which that is always known.
 */
export class Writer {
  readonly #device: Pick<Device, 'expect' | 'write'>
  readonly #path: string
  #waiter: Waiter | undefined
  #pending: PendingWrite | undefined
  /**
   * What libuv is given stands here, one piece after the other: new memory for each costs more than to write it. By the time
   * of the next, libuv has written the one before, or its handle is closed.
   */
  #parcel: Buffer | undefined
  /** Bytes that libuv was given and has not reported as written. */
  #parked = 0
  #look: NodeJS.Timeout | undefined
  #referenced = true
  #failure: SerialError | undefined

  constructor(device: Pick<Device, 'expect' | 'write'>, path: string, waiter: Waiter | undefined) {
    this.#device = device
    this.#path = path
    this.#waiter = waiter
  }

  write(data: Uint8Array): number | Promise<number> {
    if (this.#failure !== undefined) throw this.#failure
    const taken = this.#device.write(data, 0)
    if (taken === data.byteLength) return taken
    const pending = new PendingWrite(data, taken)
    this.#pending = pending
    this.#waitForRoom(pending)
    return pending.settled
  }

  cancel(): void {
    const pending = this.#pending
    if (pending === undefined) return
    this.#pending = undefined
    clearTimeout(this.#look)
    pending.taken += this.#takeBack()
    pending.settle()
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
    if (this.#pending === undefined || this.#held() === 0) return
    this.#pending.taken += this.#takeBack()
    this.#lookLater()
  }

  /** Goes on with the pending write until it is done or the device is full again. */
  #advance(): void {
    const pending = this.#pending
    if (pending === undefined) return
    if (pending.isDone) return this.cancel()
    if (!pending.checkData(this.#path)) {
      this.#pending = undefined
      return
    }
    try {
      pending.taken += this.#device.write(pending.data, pending.taken)
    } catch (error) {
      this.#pending = undefined
      pending.fail(error as SerialError)
      return
    }
    if (pending.isDone) this.cancel()
    else this.#waitForRoom(pending)
  }

  #waitForRoom(pending: PendingWrite): void {
    if (this.#waiter === undefined || !this.#referenced) return this.#lookLater()
    const size = heldByLibuv(this.#waiter) === undefined ? 1 : parcelSize
    const piece = this.#pack(pending.data.subarray(pending.taken, pending.taken + size))
    this.#parked = piece.byteLength
    this.#device.expect(piece.byteLength)
    // An error of the stream reaches the port as an event of its own.
    this.#waiter.write(piece, (error) => {
      if (this.#pending !== pending || this.#parked === 0) return
      this.#parked = 0
      // How much went before the failure nobody knows: none of it is said to have.
      if (error) return
      pending.taken += piece.byteLength
      this.#advance()
    })
  }

  #pack(bytes: Uint8Array): Uint8Array {
    this.#parcel ??= Buffer.allocUnsafeSlow(parcelSize)
    this.#parcel.set(bytes)
    return this.#parcel.subarray(0, bytes.byteLength)
  }

  /** How much libuv still holds. */
  #held(): number {
    const waiter = this.#waiter
    if (this.#parked === 0 || waiter === undefined || waiter.writableLength === 0) return 0
    // Node has not told libuv of this piece, for libuv has yet to tell of the one before, which it has written.
    if (waiter.writableLength > this.#parked) return this.#parked
    return heldByLibuv(waiter) ?? this.#parked
  }

  /** Takes back what libuv holds; returns how much of it has gone out, of which we may be yet to hear. */
  #takeBack(): number {
    const held = this.#held()
    const gone = this.#parked - held
    this.#parked = 0
    this.#device.expect(-held)
    if (held > 0) {
      this.#waiter?.destroy()
      this.#waiter = undefined
    }
    return gone
  }

  #lookLater(): void {
    this.#look = setTimeout(() => this.#advance(), lookEvery)
    if (!this.#referenced) this.#look.unref()
  }
}

function heldByLibuv({ _handle: handle }: Waiter): number | undefined {
  const size = handle?.writeQueueSize
  return typeof size === 'number' ? size : undefined
}
