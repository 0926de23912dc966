import type { Bound } from './bound.ts'
import type { SerialError } from './errors.ts'
import type { OutputJob } from './output-job.ts'

/** What to tell the caller of an output that ended early, given the bytes that went, which a drain has none of. */
export type Reason = (bytes: number | undefined) => SerialError

const nobody = (): void => {}

/** A call that waits for its turn, or for its end: a write, or a drain, which has no bytes. */
export class Output {
  readonly bytes: Uint8Array | undefined
  /** How many bytes there were when the call was made. */
  readonly total: number
  /** What the caller waits for. */
  readonly settled: Promise<number>
  /** How many bytes were taken so far. */
  taken = 0
  /** Set when it is to end early: what to tell the caller. */
  reason: Reason | undefined
  isSettled = false
  /** What it waits for. */
  job: OutputJob | undefined
  bound: Bound | undefined
  #resolve: (taken: number) => void = nobody
  #reject: (error: unknown) => void = nobody

  constructor(bytes: Uint8Array | undefined) {
    this.bytes = bytes
    this.total = bytes?.byteLength ?? 0
    this.settled = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  succeed(): void {
    this.#settle()
    this.#resolve(this.taken)
  }

  /** Ends it where it stands. */
  giveUp(): void {
    if (this.reason === undefined) this.succeed()
    else this.fail(this.reason(this.bytes === undefined ? undefined : this.taken))
  }

  fail(error: unknown): void {
    this.#settle()
    this.#reject(error)
  }

  #settle(): void {
    this.isSettled = true
    this.bound?.release()
  }
}
