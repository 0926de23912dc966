import { alarm } from './alarm.ts'
import type { Due } from './alarm.ts'
import { ignore, listen } from './listening.ts'
import type { Listener } from './listening.ts'
import { abortSignal, invalid, longestTimeout, milliseconds, refuseUnknown } from './validate.ts'

/** How long a call may wait. */
export interface WaitOptions {
  /** ms, from 0 (do not wait) to 2,147,483,647, or Infinity. Default: the port's `readTimeout` or `writeTimeout`. */
  readonly timeout?: number | undefined
  /** Ends the call with `ABORTED`; nothing is lost. */
  readonly signal?: AbortSignal | undefined
}

const waitOptions = ['timeout', 'signal']

/** Throws `INVALID_OPTION`. The fields are looked at one by one since this is on the way of every byte. */
export function checkWait(options: WaitOptions): void {
  if (typeof options !== 'object' || options === null) throw invalid('options', options, 'an object')
  const { signal, timeout } = options
  if (timeout !== undefined && !milliseconds.accepts(timeout))
    throw invalid('timeout', timeout, milliseconds.allowed)
  if (signal !== undefined && !abortSignal.accepts(signal))
    throw invalid('signal', signal, abortSignal.allowed)
  refuseUnknown('options', options, waitOptions)
}

/** The options that every waiting call has, out of those of one that has more. */
export function waitPart({ signal, timeout }: WaitOptions): WaitOptions {
  return { signal, timeout }
}

/**
 * Calls `expired` when the time is up, or `aborted` when the signal is, whichever comes first and until it is
 * released. A timeout of 0 leaves the event loop one turn, so that what the system holds ready is seen, and a loop of
 * such calls lets the rest of the program live. Neither keeps a process alive: the port does.
 */
export class Bound implements Due, Listener {
  readonly at: number
  place = -1
  readonly expire: () => void
  #immediate: NodeJS.Immediate | undefined
  /** Its own, of a test that moves time on by itself. */
  #timer: NodeJS.Timeout | undefined
  readonly aborted: () => void
  readonly #signal: AbortSignal | undefined

  constructor(timeout: number, signal: AbortSignal | undefined, expired: () => void, aborted: () => void) {
    const isTimed = timeout > 0 && timeout <= longestTimeout
    const isShared = isTimed && alarm.isOnTime
    this.at = isShared ? performance.now() + timeout : Infinity
    this.expire = expired
    this.#signal = signal
    this.aborted = aborted
    if (timeout === 0) this.#immediate = setImmediate(expired)
    else if (isShared) alarm.add(this)
    else if (isTimed) this.#timer = setTimeout(expired, timeout).unref()
    if (signal !== undefined) listen(signal, this)
  }

  release(): void {
    if (this.at !== Infinity) alarm.delete(this)
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    if (this.#immediate !== undefined) clearImmediate(this.#immediate)
    if (this.#signal !== undefined) ignore(this.#signal, this)
  }
}
