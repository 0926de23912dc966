import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until it is true; fails after so many ms. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limit = 20_000,
): Promise<void> {
  for (const begun = performance.now(); !(await holds()); await sleep(2)) {
    assert.ok(performance.now() - begun < limit, `not within ${limit} ms: ${what}`)
  }
}

/** The result, and how many ms it took: from before it begins, or, of what is under way already, from now on. */
export async function timed<T>(work: Promise<T> | (() => Promise<T>)): Promise<{ result: T; ms: number }> {
  const begun = performance.now()
  const result = await (typeof work === 'function' ? work() : work)
  return { result, ms: performance.now() - begun }
}

/** Fails when it takes longer, so that the test can still clean up behind something that hangs. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const stop = new AbortController()
  const late = sleep(ms, undefined, { signal: stop.signal }).then(
    () => assert.fail(`hangs: not done within ${ms} ms`),
    () => work,
  )
  try {
    return await Promise.race([work, late])
  } finally {
    stop.abort()
  }
}
