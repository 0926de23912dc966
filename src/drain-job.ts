import type { OutputJob } from './output-job.ts'
import type { Output } from './output.ts'
import type { Transport } from './transport.ts'

/** What the drain gives that was ended before the last bit had left. */
const cutShort = -1

/** Waits until the last bit has left. */
export class DrainJob implements OutputJob {
  readonly outputs: readonly [Output]
  before: OutputJob | undefined
  after: OutputJob | undefined
  readonly #transport: Transport
  readonly #stop = new AbortController()

  constructor(transport: Transport, output: Output) {
    this.#transport = transport
    this.outputs = [output]
    output.job = this
  }

  async start(): Promise<number> {
    const { signal } = this.#stop
    if (this.outputs[0].reason !== undefined) return cutShort
    try {
      await this.#transport.drain(signal)
      return 0
    } catch (error) {
      if (signal.aborted) return cutShort
      throw error
    }
  }

  cancel(): void {
    this.#stop.abort()
  }

  drop(): boolean {
    return true
  }

  end(taken: number): undefined {
    if (taken === cutShort) this.outputs[0].giveUp()
    else this.outputs[0].succeed()
  }

  fail(error: unknown): undefined {
    this.outputs[0].fail(error)
  }
}
