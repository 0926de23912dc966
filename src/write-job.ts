import { SerialError } from './errors.ts'
import { changedData, repeated } from './failures.ts'
import type { OutputJob } from './output-job.ts'
import type { Output } from './output.ts'
import type { Transport } from './transport.ts'

/** So many bytes go together at most: none of them is told before all are taken, and a terminal takes no more at a time. */
const most = 4096

const nothing = new Uint8Array(0)

/** Writes that the transport is given as one, each of which ends with its own share of what was taken. */
export class WriteJob implements OutputJob {
  before: OutputJob | undefined
  after: OutputJob | undefined
  readonly #transport: Transport
  #outputs: Output[]
  #size: number
  #waiting: number
  #isUnderWay: boolean
  #isCancelled = false
  /** Whether those before these have just failed. */
  #isAgain = false

  /** @param isUnderWay - whether the transport has them already, and has not taken them all */
  constructor(transport: Transport, outputs: Output[], isUnderWay = false) {
    this.#transport = transport
    this.#outputs = outputs
    this.#isUnderWay = isUnderWay
    this.#size = outputs.reduce((sum, { total }) => sum + total, 0)
    this.#waiting = outputs.length
    for (const output of outputs) output.job = this
  }

  get outputs(): readonly Output[] {
    return this.#outputs
  }

  /** Before it has begun: takes one more along, unless that makes it too large. */
  add(output: Output): boolean {
    if (this.#size + output.total > most) return false
    this.#outputs.push(output)
    this.#size += output.total
    this.#waiting += 1
    output.job = this
    return true
  }

  drop(): boolean {
    this.#waiting -= 1
    return this.#waiting === 0
  }

  start(): number | Promise<number> {
    this.#outputs = this.#outputs.filter((output) => this.#isToGo(output))
    const bytes = this.#join()
    const begun = bytes.byteLength === 0 ? 0 : this.#transport.write(bytes)
    this.#isUnderWay = typeof begun !== 'number'
    return begun
  }

  #isToGo(output: Output): boolean {
    if (output.isSettled) return false
    if (output.reason !== undefined) output.giveUp()
    else if (output.bytes?.byteLength !== output.total)
      output.fail(changedData(this.#transport.path, output.taken))
    else return true
    return false
  }

  /** What is to go, in one piece: of a single write its own memory, of several a copy. */
  #join(): Uint8Array {
    const parts = this.#outputs.map(({ bytes = nothing, taken }) =>
      taken === 0 ? bytes : bytes.subarray(taken),
    )
    const [only = nothing] = parts
    return parts.length <= 1 ? only : Buffer.concat(parts)
  }

  cancel(): void {
    // Once, however many end at the same time.
    if (!this.#isUnderWay || this.#isCancelled) return
    this.#isCancelled = true
    this.#transport.cancelWrite()
  }

  end(taken: number): WriteJob | undefined {
    const waiting: Output[] = []
    for (const output of this.#deal(taken)) {
      // Only who was told to may take less than all; were it asked again and again, that might never end.
      if (output.reason === undefined && this.#isCancelled) waiting.push(output)
      else output.giveUp()
    }
    return this.#goOn(waiting)
  }

  /**
   * It is the failure of the write that was not taken whole; those behind it have theirs yet to come. They try together, and
   * when not a byte of that is taken either it is the failure of all: a try for each of ten thousand takes seconds.
   */
  fail(error: unknown): WriteJob | undefined {
    const known = error instanceof SerialError
    const taken = takenBefore(error)
    const unfinished = this.#deal(taken)
    const struck = unfinished.splice(0, this.#isAgain && taken === 0 ? Infinity : 1)
    for (const output of struck) {
      // The transport knows of this attempt alone: what was taken before, or is another's, it counts otherwise.
      const isExact = struck.length === 1 && known && error.bytesTransferred === output.taken
      output.fail(known && !isExact ? repeated(error, output.taken) : error)
    }
    const left = this.#goOn(unfinished)
    if (left !== undefined) left.#isAgain = true
    return left
  }

  /** Gives each its share; returns those that have not all of theirs. */
  #deal(taken: number): Output[] {
    let left = taken
    const at = this.#outputs.findIndex((output) => {
      const share = Math.min(left, output.total - output.taken)
      output.taken += share
      left -= share
      if (output.taken < output.total) return true
      output.succeed()
      return false
    })
    return at < 0 ? [] : this.#outputs.slice(at)
  }

  #goOn(waiting: Output[]): WriteJob | undefined {
    return waiting.length === 0 ? undefined : new WriteJob(this.#transport, waiting)
  }
}

/** What a failed attempt had taken; also where the failure is of another copy of the package, in a transport of the user's. */
function takenBefore(error: unknown): number {
  const { bytesTransferred } = Object(error) as { bytesTransferred?: unknown }
  return typeof bytesTransferred === 'number' ? bytesTransferred : 0
}
