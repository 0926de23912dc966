import { Bound } from './bound.ts'
import { DrainJob } from './drain-job.ts'
import type { SerialError } from './errors.ts'
import { aborted, repeated, timedOut } from './failures.ts'
import { Output } from './output.ts'
import type { Reason } from './output.ts'
import type { OutputJob } from './output-job.ts'
import type { Transport } from './transport.ts'
import { WaitingList } from './waiting-list.ts'
import { WriteJob } from './write-job.ts'

/** One in so many writes that are taken at once counts as under way until the program gives way. */
const rush = 8

/** How long a transport that is closed may take to say what became of a write (ms). */
const patience = 1000

/** Those of the ports that are open. */
const open: Set<OutputQueue> = new Set()
let isLeaving = false

/** What waits for nothing but the program to give way is begun also when the program ends in the same breath. */
function leave(): void {
  isLeaving = true
  for (const queue of open) queue.catchUp()
}

function noCount(job: OutputJob): OutputJob | undefined {
  return job.fail(new TypeError('write() of the transport gave no number of bytes'))
}

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
  readonly #broken: (error: unknown) => void
  /** The first is under way, the others wait. */
  readonly #jobs: WaitingList<OutputJob> = new WaitingList()
  #atOnce = 0
  #waiting = 0
  /** What the first has taken, while it is done and only counts as under way. */
  #taken: number | undefined

  /** @param broken - hears of a transport that can't end a write, and is of no more use */
  constructor(path: string, transport: Transport, broken: (error: unknown) => void) {
    this.#path = path
    this.#transport = transport
    this.#broken = broken
    if (open.size === 0) process.on('exit', leave)
    open.add(this)
  }

  /** The port is closed: nothing will be written any more. What the transport does not end soon it never will. */
  end(): void {
    if (open.delete(this) && open.size === 0) process.off('exit', leave)
    if (this.#jobs.first !== undefined) setTimeout(() => this.#abandon(), patience)
  }

  #abandon(): void {
    for (const { outputs } of this.#jobs.takeAll())
      for (const output of outputs) if (!output.isSettled) output.giveUp()
  }

  /** Bytes of writes that have not begun. Counted as they come and go: a program may ask with each of thousands. */
  get waiting(): number {
    return this.#waiting
  }

  /** Throws what the first step of a write throws. */
  write(bytes: Uint8Array, timeout: number, signal: AbortSignal | undefined): Promise<number> {
    if (signal?.aborted === true) return Promise.reject(aborted(this.#path, 'the write', signal.reason, 0))
    if (this.#jobs.first !== undefined) return this.#enqueue(bytes, timeout, signal)
    const taken = bytes.byteLength === 0 ? 0 : this.#transport.write(bytes)
    // One that may be aborted would have to listen to its signal, which many may share.
    if (typeof taken === 'number' && (signal !== undefined || isLeaving || ++this.#atOnce % rush !== 0))
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
    const { first, last } = this.#jobs
    const isAdded = last !== first && last instanceof WriteJob && last.add(output)
    if (!isAdded) this.#jobs.push(new WriteJob(this.#transport, [output]))
    return output.settled
  }

  drain(timeout: number, signal: AbortSignal | undefined): Promise<number> {
    if (signal?.aborted === true) return Promise.reject(aborted(this.#path, 'the drain', signal.reason))
    const output = this.#output(undefined, timeout, signal)
    const job = new DrainJob(this.#transport, output)
    this.#jobs.push(job)
    if (this.#jobs.first === job) this.#follow(job.start())
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
    for (const { outputs } of this.#jobs) for (const output of outputs) output.reason ??= reason
    this.#waiting = 0
    this.#jobs.first?.cancel()
  }

  /** The transport has failed: what waits fails as well; what is under way hears it from the transport. */
  fail(error: SerialError): void {
    this.#stopAll((bytes) => repeated(error, bytes))
  }

  #stop(output: Output, reason: Reason): void {
    if (output.reason !== undefined) return
    output.reason = reason
    const { job } = output
    if (job === undefined) return
    if (job === this.#jobs.first) return this.#cancel(job)
    this.#waiting -= output.total
    output.giveUp()
    if (job.drop()) this.#jobs.delete(job)
  }

  /** Whoever wants an end to his call hears nothing of a transport that can't do that: the port does. */
  #cancel(job: OutputJob): void {
    try {
      job.cancel()
    } catch (error) {
      this.#broken(error)
    }
  }

  /** Waits for the first. */
  #follow(begun: Promise<number>): void {
    // A transport of the user's may have forgotten to say anything.
    Promise.resolve(begun).then(
      (taken) => this.#next(typeof taken === 'number' ? (job) => job.end(taken) : noCount),
      (error: unknown) => this.#next((job) => job.fail(error)),
    )
  }

  /** Ends the first, and begins what is left of it and those that follow, until one has to wait. */
  #next(end: (job: OutputJob) => OutputJob | undefined): void {
    this.#endFirst(end)
    for (let job = this.#jobs.first; job !== undefined; job = this.#jobs.first) {
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
    const { first } = this.#jobs
    if (first === undefined) return
    const left = end(first)
    if (left !== undefined) return this.#jobs.replaceFirst(left)
    this.#jobs.delete(first)
    for (const { reason, total } of this.#jobs.first?.outputs ?? [])
      if (reason === undefined) this.#waiting -= total
  }
}
