import { INVALID_HANDLE_VALUE, kernel32 } from '../native/win32/index.ts'
import { invalid } from '../validate.ts'
import { check, lastError } from './failure.ts'

/** What a parameter that is a handle takes. */
export type HandleLike = PyHANDLE | number

/** Closes what was left open when its object was collected. Nobody hears of a failure. */
const abandoned = new FinalizationRegistry<number>((handle) => {
  try {
    kernel32.CloseHandle(handle)
  } catch {
    // Outside Windows, where a number can be a handle of nothing: here a throw would end the process.
  }
})

/** What waits for the object of a handle, and is to end before that is closed. */
const waits = new WeakMap<PyHANDLE, Set<() => void>>()

/** Calls `end` before the handle is closed by its object; the function that this returns takes that back. */
export function beforeClosing(handle: HandleLike, end: () => void): () => void {
  if (!(handle instanceof PyHANDLE)) return () => {}
  const ends = waits.get(handle) ?? new Set()
  waits.set(handle, ends.add(end))
  return () => ends.delete(end)
}

/**
 * A handle that closes once: by `Close()`, at the end of a `using` block, or when nobody refers to it any more.
 * `Number(handle)` is its number.
 *
 * @example
 * ```ts
 * import { win32event } from 'baud/win32'
 *
 * const event = win32event.CreateEvent(null, true, false, null)
 * event.Close()
 * event.Close() // nothing happens
 * console.log(event.handle) // 0
 * ```
 */
export class PyHANDLE {
  #handle: number

  /** @throws `SerialError` `INVALID_OPTION` */
  constructor(handle: number = 0) {
    if (!Number.isSafeInteger(handle)) throw invalid('handle', handle, 'the number of a handle')
    this.#handle = handle
    if (handle !== 0) abandoned.register(this, handle, this)
  }

  /** Its number; 0 once it was closed or detached. */
  get handle(): number {
    return this.#handle
  }

  /**
   * Closes it; nothing happens when that was done already. Whoever awaits its object gets error 6.
   * @throws `pywintypes.error`
   */
  Close(): void {
    for (const end of waits.get(this) ?? []) end()
    const handle = this.Detach()
    if (handle !== 0) check(kernel32.CloseHandle(handle), 'CloseHandle')
  }

  /** Gives the number away, with the duty to close it: from now on this object has none. */
  Detach(): number {
    const handle = this.#handle
    this.#handle = 0
    abandoned.unregister(this)
    return handle
  }

  valueOf(): number {
    return this.#handle
  }

  toString(): string {
    return `<PyHANDLE:${this.#handle}>`
  }

  [Symbol.dispose](): void {
    this.Close()
  }
}

/** A handle that a call just returned; throws when it is none. */
export function owned(handle: number, funcname: string): PyHANDLE {
  if (handle === 0 || handle === INVALID_HANDLE_VALUE) throw lastError(funcname)
  return new PyHANDLE(handle)
}
