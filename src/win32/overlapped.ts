import { OverlappedMemory } from '../native/win32/index.ts'
import { invalid } from '../validate.ts'
import { PyHANDLE } from './handle.ts'
import type { HandleLike } from './handle.ts'

const memories = new WeakMap<PyOVERLAPPED, OverlappedMemory>()

/** The structure behind the object. */
export function memoryOf(overlapped: PyOVERLAPPED): OverlappedMemory {
  return memories.get(overlapped) as OverlappedMemory
}

function dword(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value
  throw invalid(name, value, 'a whole number from 0 to 4294967295')
}

/**
 * What one operation under way is known by: where it reads or writes, what it signals, how it ended. All zero at first.
 * While an operation is under way its OVERLAPPED belongs to the system; give each operation one of its own, or use it
 * again after its event was signalled.
 */
export class PyOVERLAPPED {
  /** Whatever you like; the system does not look at it. */
  object: unknown = null
  #event: HandleLike = 0

  constructor() {
    memories.set(this, new OverlappedMemory())
  }

  /** Where in a file the operation starts, the lower 32 bits. The system never advances it; ports do not look at it. */
  get Offset(): number {
    return memoryOf(this).Offset
  }

  set Offset(value: number) {
    memoryOf(this).Offset = dword('Offset', value)
  }

  /** The upper 32 bits. */
  get OffsetHigh(): number {
    return memoryOf(this).OffsetHigh
  }

  set OffsetHigh(value: number) {
    memoryOf(this).OffsetHigh = dword('OffsetHigh', value)
  }

  /** The event that is signalled when the operation has ended; 0 for none. It stays open as long as this object exists. */
  get hEvent(): HandleLike {
    return this.#event
  }

  set hEvent(event: HandleLike | null) {
    const handle = event ?? 0
    if (!(handle instanceof PyHANDLE) && !Number.isSafeInteger(handle))
      throw invalid('hEvent', event, 'a PyHANDLE, the number of a handle, or null')
    memoryOf(this).hEvent = Number(handle)
    this.#event = handle
  }

  /** The operation's status: 0x103 while it is under way. */
  get Internal(): number {
    return memoryOf(this).Internal
  }

  /** How many bytes were transferred, once it has ended. `GetOverlappedResult` says it with the errors that there were. */
  get InternalHigh(): number {
    return memoryOf(this).InternalHigh
  }

  /** A number that belongs to the operation: with `WaitCommEvent`, the events that ended it. */
  get dword(): number {
    return memoryOf(this).dword
  }

  set dword(value: number) {
    memoryOf(this).dword = dword('dword', value)
  }
}

/**
 * A new OVERLAPPED, all zero.
 *
 * @example
 * ```ts
 * import { win32event, win32file } from 'baud/win32'
 *
 * const overlapped = win32file.OVERLAPPED()
 * overlapped.hEvent = win32event.CreateEvent(null, true, false, null)
 * console.log(overlapped.Offset, overlapped.InternalHigh) // 0 0
 * ```
 */
export function OVERLAPPED(): PyOVERLAPPED {
  return new PyOVERLAPPED()
}
