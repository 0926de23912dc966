import { kernel32 } from './kernel32.ts'
import { fixedMemory } from './memory.ts'
import { ERROR_IO_PENDING, ERROR_MORE_DATA } from './winerror.ts'

/** What `Internal` says while the operation is under way. Source: "HasOverlappedIoCompleted macro (winbase.h)". */
const STATUS_PENDING = 0x103
const STATUS_SUCCESS = 0
/** What it says, by our hand, where a call failed and there is no operation. Source: "[MS-ERREF] NTSTATUS Values". */
const STATUS_UNSUCCESSFUL = 0xc0000001

/** Where the members stand with 64-bit pointers. Source: "OVERLAPPED structure (minwinbase.h)". */
const offsets = { Internal: 0, InternalHigh: 8, Offset: 16, OffsetHigh: 20, hEvent: 24, dword: 32 } as const

/** One `OVERLAPPED`, at an address of its own for as long as it exists, and a DWORD for what `WaitCommEvent` reports. */
export class OverlappedMemory {
  /** For the `lpOverlapped` of a call. */
  readonly bytes: Uint8Array = fixedMemory(40)
  /** For the `lpEvtMask` of a call: the system writes it when the operation ends. */
  readonly dwordBytes: Uint8Array = this.bytes.subarray(offsets.dword, offsets.dword + 4)
  readonly #view: DataView = new DataView(this.bytes.buffer)
  readonly #status: Int32Array = new Int32Array(this.bytes.buffer, offsets.Internal, 1)

  /**
   * Whether the system still works on the operation that was started last. Atomics: what the operation brought is not looked
   * at before its status, which an arm64 would be free to do.
   */
  get pending(): boolean {
    return Atomics.load(this.#status, 0) === STATUS_PENDING
  }

  /** Whether that operation has ended without an error. */
  get succeeded(): boolean {
    return Atomics.load(this.#status, 0) === STATUS_SUCCESS
  }

  /**
   * A call that fails has written STATUS_PENDING before it asked the driver, and nobody takes that back: seen in Wine, and
   * "ReadFile function (fileapi.h)" promises nothing of an OVERLAPPED without ERROR_IO_PENDING.
   */
  neverBegan(): void {
    if (this.pending) this.#view.setBigUint64(offsets.Internal, BigInt(STATUS_UNSUCCESSFUL), true)
  }

  get Internal(): number {
    return Number(this.#view.getBigUint64(offsets.Internal, true))
  }

  get InternalHigh(): number {
    return Number(this.#view.getBigUint64(offsets.InternalHigh, true))
  }

  get Offset(): number {
    return this.#view.getUint32(offsets.Offset, true)
  }

  set Offset(value: number) {
    this.#view.setUint32(offsets.Offset, value, true)
  }

  get OffsetHigh(): number {
    return this.#view.getUint32(offsets.OffsetHigh, true)
  }

  set OffsetHigh(value: number) {
    this.#view.setUint32(offsets.OffsetHigh, value, true)
  }

  set hEvent(value: number) {
    this.#view.setBigInt64(offsets.hEvent, BigInt(value), true)
  }

  get dword(): number {
    return this.#view.getUint32(offsets.dword, true)
  }

  set dword(value: number) {
    this.#view.setUint32(offsets.dword, value, true)
  }
}

/**
 * The operations under way, and with each what must live until it is done: the memory that the system may write to.
 * Referenced from here, nothing of them is collected. An OVERLAPPED that is used again has its new operation here.
 */
const pins: Map<OverlappedMemory, unknown> = new Map()

/**
 * Operations whose OVERLAPPED was used again before they had ended. Nobody can tell any more when they do, so their
 * memory is never given back: the price of a program that shares an OVERLAPPED.
 */
const stranded: unknown[] = []

/** What a call gives that has started an operation, or done all of it. */
const begun: readonly number[] = [0, ERROR_IO_PENDING, ERROR_MORE_DATA]

let sweepAt = 32

/** Gives up the pins of operations that have ended. Costs little: each call looks at as many as have gathered since. */
function sweep(): void {
  for (const overlapped of pins.keys()) if (!overlapped.pending) pins.delete(overlapped)
  sweepAt = Math.max(32, pins.size * 2)
}

/** How many operations hold memory now, for tests. */
export function pinned(): { pending: number; stranded: number } {
  sweep()
  return { pending: pins.size, stranded: stranded.length }
}

/**
 * Starts an overlapped operation: `call` gets the OVERLAPPED's bytes and returns what the Win32 function does. Returns
 * 0 when it has ended already, 997 when it is under way, or else the error number. Until it has ended, `held` and the
 * OVERLAPPED stay where they are, whoever forgets them.
 */
export function startOverlapped(
  overlapped: OverlappedMemory,
  held: unknown,
  call: (bytes: Uint8Array) => number,
): number {
  if (pins.size >= sweepAt) sweep()
  const shared = overlapped.pending
  const before = pins.get(overlapped)
  // Before the call: the system may write at any moment from then on.
  pins.set(overlapped, shared ? [before, held] : held)
  const error = call(overlapped.bytes) === 0 ? kernel32.GetLastError() : 0
  const failed = !begun.includes(error)
  // Both: from now on `Internal` tells of whichever ends first. Where no second one began, it tells of the first.
  if (shared && !failed) stranded.push([overlapped, before, held])
  if (shared && failed) pins.set(overlapped, before)
  else if (error !== ERROR_IO_PENDING) pins.delete(overlapped)
  if (failed && !shared) overlapped.neverBegan()
  return error
}
