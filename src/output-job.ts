import type { Output } from './output.ts'
import type { Waiting } from './waiting-list.ts'

/** Something to be done with the output, in one go: writes that go together, or a drain. */
export interface OutputJob extends Waiting<OutputJob> {
  /** The calls that wait for it. */
  readonly outputs: readonly Output[]
  /** Begins it. A promise gives less than all only after `cancel`. */
  start(): number | Promise<number>
  cancel(): void
  /** Before it has begun: one of the calls that wait for it does so no more. True when that was the last. */
  drop(): boolean
  /** It has ended, with so many bytes taken. Returns what is left to be done, for those who wait on. */
  end(taken: number): OutputJob | undefined
  /** It has failed; the same. */
  fail(error: unknown): OutputJob | undefined
}
