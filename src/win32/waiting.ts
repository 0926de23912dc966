import { Deadline } from '../deadline.ts'
import { SerialError } from '../errors.ts'
import type { PendingWait } from '../native/win32/index.ts'
import { abortSignal, takeOptions } from '../validate.ts'
import { failure, lastError } from './failure.ts'
import { beforeClosing } from './handle.ts'
import type { HandleLike } from './handle.ts'
import { INFINITE, WAIT_FAILED } from './win32con.ts'
import { ERROR_INVALID_HANDLE } from './winerror.ts'

/** What the awaitable forms accept. */
export interface WaitOptions {
  /** Ends the waiting with `ABORTED`, unless it was over already. */
  readonly signal?: AbortSignal | undefined
}

const optionChecks = { signal: abortSignal }

function aborted(what: string, cause: unknown): SerialError {
  return new SerialError('ABORTED', `${what}: the waiting was aborted`, { syscall: what, cause })
}

/** Throws what is wrong with the options, or that they are aborted already. */
export function checkWait(what: string, options: WaitOptions | undefined): void {
  takeOptions('options', options, optionChecks)
  if (options?.signal?.aborted === true) throw aborted(what, options.signal.reason)
}

/**
 * A promise of what `start` is told, which a signal can end, and the closing of `object` by its owner. When the wait can't
 * be cancelled any more it has happened, and its result counts.
 */
export function promiseOf<T>(
  what: string,
  options: WaitOptions | undefined,
  start: (resolve: (value: T) => void) => Pick<PendingWait, 'cancel'> | number,
  object: HandleLike = 0,
): Promise<T> {
  checkWait(what, options)
  const signal = options?.signal
  return new Promise((resolve, reject) => {
    let keepClosing = () => {}
    const forget = () => {
      signal?.removeEventListener('abort', abort)
      keepClosing()
    }
    const end = (reason: () => Error) => {
      if (typeof wait === 'number' || !wait.cancel()) return
      forget()
      reject(reason())
    }
    const abort = () => end(() => aborted(what, signal?.reason))
    const wait = start((value) => {
      forget()
      resolve(value)
    })
    if (typeof wait === 'number') return reject(failure(wait, what))
    signal?.addEventListener('abort', abort, { once: true })
    keepClosing = beforeClosing(object, () => end(() => failure(ERROR_INVALID_HANDLE, what)))
  })
}

/**
 * Asks again and again, at first every millisecond and later every 15, until the answer is not `not yet`. For waits that
 * must be this thread's own: the owner of a mutex is a thread, and of several objects only one may be changed.
 */
export function poll(
  what: string,
  options: WaitOptions | undefined,
  timeout: number,
  attempt: () => number,
  notYet: number,
): Promise<number> {
  const deadline = new Deadline(timeout)
  const start = (resolve: (value: number | Error) => void) => {
    let pause = 1
    const look = () => {
      const result = outcome(attempt)
      if (result !== notYet || deadline.passed) return resolve(result)
      pause = Math.min(pause * 2, 15)
      timer = setTimeout(look, Math.min(pause, Math.ceil(deadline.left)))
    }
    let timer = setTimeout(look, pause)
    const cancel = () => {
      clearTimeout(timer)
      return true
    }
    return { cancel }
  }
  return promiseOf(what, options, start).then((result) => {
    if (result instanceof Error) throw result
    return result
  })
}

/** What was returned or thrown. */
function outcome(attempt: () => number): number | Error {
  try {
    return attempt()
  } catch (error) {
    return error as Error
  }
}

/** What a wait returned, or throws why it failed; to be called right after it. */
export function outcomeOf(result: number, funcname: string): number {
  if (result === WAIT_FAILED) throw lastError(funcname)
  return result
}

/** A time-out as a number of milliseconds, of which INFINITE is none. */
export const patience = (timeout: number): number => (timeout === INFINITE ? Infinity : timeout)
