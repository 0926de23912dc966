import { Bound } from './bound.ts'
import type { SerialError } from './errors.ts'
import { aborted, repeated, timedOut } from './failures.ts'

/** What a job gives that was ended before it did anything: less than any total. */
export const notBegun = -1

/** Something to be done with the output: a write, or a drain. */
export interface OutputJob {
  /** For messages: `the write`. */
  readonly what: string
  /** What `start` gives when all of it was done. */
  readonly total: number
  /** Begins it; the result is less than `total` only after `cancel`. */
  start(): number | Promise<number>
  cancel(): void
}

/** What to tell the caller of a job that ended early, given the bytes that went, which a drain has none of. */
export type Reason = (bytes: number | undefined) => SerialError

interface Entry {
  readonly job: OutputJob
  /** Set when it is to end early: what to tell the caller. */
  reason: Reason | undefined
  readonly resolve: (result: number) => void
  readonly reject: (error: unknown) => void
  bound: Bound | undefined
}

/** Writes and drains, done one after the other in the order in which they came. */
export class OutputQueue {
  readonly #path: string
  /** The first is under way, the others wait. */
  #entries: Entry[] = []

  constructor(path: string) {
    this.#path = path
  }

  /** Bytes of writes that have not begun. */
  get waiting(): number {
    const waiting = this.#entries.slice(1).filter(({ reason }) => reason === undefined)
    return waiting.reduce((sum, { job }) => sum + job.total, 0)
  }

  /** Throws what the first step of the job throws. */
  run(job: OutputJob, timeout: number, signal: AbortSignal | undefined): Promise<number> {
    if (signal?.aborted === true) return Promise.reject(aborted(this.#path, job.what, signal.reason, 0))
    let begun: Promise<number> | undefined
    if (this.#entries.length === 0) {
      // What the device takes at once, which is the rule, needs neither timer nor queue.
      const result = job.start()
      if (typeof result === 'number') return Promise.resolve(result)
      begun = result
    }
    return new Promise((resolve, reject) => {
      const entry: Entry = { job, reason: undefined, resolve, reject, bound: undefined }
      this.#entries.push(entry)
      entry.bound = new Bound(
        timeout,
        signal,
        () => this.#stop(entry, (bytes) => timedOut(this.#path, job.what, timeout, bytes)),
        () => this.#stop(entry, (bytes) => aborted(this.#path, job.what, signal?.reason, bytes)),
      )
      if (begun !== undefined) this.#follow(entry, begun)
    })
  }

  /** Ends everything early. What waits hears of it after what is under way: each call settles behind those before it. */
  stopAll(reason: Reason): void {
    const [first, ...others] = this.#entries
    for (const entry of others) entry.reason ??= reason
    if (first !== undefined) this.#stop(first, reason)
  }

  /** The transport has failed: what waits fails as well; what is under way hears it from the transport. */
  fail(error: SerialError): void {
    this.stopAll((bytes) => repeated(error, bytes))
  }

  #stop(entry: Entry, reason: Reason): void {
    if (entry.reason !== undefined) return
    entry.reason = reason
    if (entry === this.#entries[0]) {
      entry.job.cancel()
      return
    }
    this.#entries.splice(this.#entries.indexOf(entry), 1)
    this.#settle(entry, notBegun)
  }

  #follow(entry: Entry, result: Promise<number>): void {
    result.then(
      (bytes) => {
        this.#settle(entry, bytes)
        this.#next()
      },
      (error: unknown) => {
        entry.bound?.release()
        entry.reject(error)
        this.#next()
      },
    )
  }

  #settle(entry: Entry, bytes: number): void {
    entry.bound?.release()
    const { job, reason } = entry
    if (bytes >= job.total || reason === undefined) entry.resolve(bytes)
    else entry.reject(reason(job.total === 0 ? undefined : Math.max(0, bytes)))
  }

  /** The first is done; begins those that follow until one has to wait. */
  #next(): void {
    this.#entries.shift()
    for (let entry = this.#entries[0]; entry !== undefined; entry = this.#entries[0]) {
      try {
        const begun = entry.reason === undefined ? entry.job.start() : notBegun
        if (typeof begun !== 'number') return this.#follow(entry, begun)
        this.#settle(entry, begun)
      } catch (error) {
        entry.bound?.release()
        entry.reject(error)
      }
      this.#entries.shift()
    }
  }
}
