import { Bound } from './bound.ts'
import { DrainJob } from './drain-job.ts'
import type { SerialError } from './errors.ts'
import { aborted, repeated, timedOut } from './failures.ts'
import { Output } from './output.ts'
import type { Reason } from './output.ts'
import type { OutputJob } from './output-job.ts'
import type { Transport } from './transport.ts'
import { WriteJob } from './write-job.ts'

/** One in so many writes that are taken at once counts as under way until the program gives way. */
const rush = 8

/**
 * Writes and drains, done one after the other in the order in which they came.
 *
 * What the device takes at once, which is the rule, needs neither timer nor queue. Writes that have to wait go together
 * when their turn comes. So that this holds for a device which takes everything, too, one write in some counts as under way for
 * a moment: those that come in the same breath wait behind it, and thousands of them take a few calls of the system.
 */
export class OutputQueue {
  readonly #path: string
  readonly #transport: Transport
  /** The first is under way, the others wait. */
  readonly #jobs: OutputJob[] = []
  #atOnce = 0
  #waiting = 0
  /** What the first has taken, while it is done and only counts as under way. */
  #taken: number | undefined

  constructor(path: string, transport: Transport) {
    this.#path = path
    this.#transport = transport
  }

  /** Bytes of writes that have not begun. Counted as they come and go: a program may ask with each of thousands. */
  get waiting(): number {
    return this.#waiting
  }

  /** Throws what the first step of a write throws. */
  write(bytes: Uint8Array, timeout: number, signal: AbortSignal | undefined): Promise<number> {
    if (signal?.aborted === true) return Promise.reject(aborted(this.#path, 'the write', signal.reason, 0))
    if (this.#jobs.length > 0) return this.#enqueue(bytes, timeout, signal)
    const taken = bytes.byteLength === 0 ? 0 : this.#transport.write(bytes)
    // One that may be aborted would have to listen to its signal, which many may share.
    if (typeof taken === 'number' && (signal !== undefined || ++this.#atOnce % rush !== 0))
      return Promise.resolve(taken)
    const output = this.#output(bytes, timeout, signal)
    this.#jobs.push(new WriteJob(this.#transport, [output], typeof taken !== 'number'))
    if (typeof taken === 'number') this.#rest(taken)
    else this.#follow(taken)
    return output.settled
  }

  /** Until the program gives way. */
  #rest(taken: number): void {
    this.#taken = taken
    void Promise.resolve().then(() => this.catchUp())
  }

  /** Begins what waits for nothing but the program: for whatever is to come behind it without waiting its turn. */
  catchUp(): void {
    const taken = this.#taken
    if (taken === undefined) return
    this.#taken = undefined
    this.#next((job) => job.end(taken))
  }

  #enqueue(bytes: Uint8Array, timeout: number, signal: AbortSignal | undefined): Promise<number> {
    const output = this.#output(bytes, timeout, signal)
    this.#waiting += output.total
    const last = this.#jobs.length > 1 ? this.#jobs.at(-1) : undefined
    if (!(last instanceof WriteJob && last.add(output)))
      this.#jobs.push(new WriteJob(this.#transport, [output]))
    return output.settled
  }

  drain(timeout: number, signal: AbortSignal | undefined): Promise<number> {
    if (signal?.aborted === true) return Promise.reject(aborted(this.#path, 'the drain', signal.reason))
    const output = this.#output(undefined, timeout, signal)
    const job = new DrainJob(this.#transport, output)
    if (this.#jobs.push(job) === 1) this.#follow(job.start())
    return output.settled
  }

  #output(bytes: Uint8Array | undefined, timeout: number, signal: AbortSignal | undefined): Output {
    const output = new Output(bytes)
    if (timeout !== Infinity || signal !== undefined) this.#limit(output, timeout, signal)
    return output
  }

  #limit(output: Output, timeout: number, signal: AbortSignal | undefined): void {
    const what = output.bytes === undefined ? 'the drain' : 'the write'
    output.bound = new Bound(
      timeout,
      signal,
      () => this.#stop(output, (taken) => timedOut(this.#path, what, timeout, taken)),
      () => this.#stop(output, (taken) => aborted(this.#path, what, signal?.reason, taken)),
    )
  }

  /** Ends everything early. What waits hears of it after what is under way: each call settles behind those before it. */
  stopAll(reason: Reason): void {
    this.catchUp()
    this.#stopAll(reason)
  }

  #stopAll(reason: Reason): void {
    for (const output of this.#jobs.flatMap(({ outputs }) => outputs)) output.reason ??= reason
    this.#waiting = 0
    this.#jobs[0]?.cancel()
  }

  /** The transport has failed: what waits fails as well; what is under way hears it from the transport. */
  fail(error: SerialError): void {
    this.#stopAll((bytes) => repeated(error, bytes))
  }

  #stop(output: Output, reason: Reason): void {
    if (output.reason !== undefined) return
    output.reason = reason
    const { job } = output
    if (job === this.#jobs[0]) return job?.cancel()
    this.#waiting -= output.total
    output.giveUp()
    if (job?.drop() === true) this.#jobs.splice(this.#jobs.indexOf(job), 1)
  }

  /** Waits for the first. */
  #follow(begun: Promise<number>): void {
    begun.then(
      (taken) => this.#next((job) => job.end(taken)),
      (error: unknown) => this.#next((job) => job.fail(error)),
    )
  }

  /** Ends the first, and begins what is left of it and those that follow, until one has to wait. */
  #next(end: (job: OutputJob) => OutputJob | undefined): void {
    this.#endFirst(end)
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      try {
        const begun = job.start()
        if (typeof begun !== 'number') return this.#follow(begun)
        this.#endFirst((first) => first.end(begun))
      } catch (error) {
        this.#endFirst((first) => first.fail(error))
      }
    }
  }

  #endFirst(end: (job: OutputJob) => OutputJob | undefined): void {
    const [first] = this.#jobs
    if (first === undefined) return
    const left = end(first)
    if (left !== undefined) this.#jobs[0] = left
    else {
      this.#jobs.shift()
      for (const { reason, total } of this.#jobs[0]?.outputs ?? [])
        if (reason === undefined) this.#waiting -= total
    }
  }
}
