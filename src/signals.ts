import { flag, invalid, oneOf, takeOptions } from './validate.ts'
import type { Taken } from './validate.ts'

/** The lines that come in; true is asserted (a positive voltage on RS-232). */
export interface InputSignals {
  /** Clear to send. */
  readonly cts: boolean
  /** Data set ready. */
  readonly dsr: boolean
  /** Data carrier detect. */
  readonly dcd: boolean
  /** Ring indicator. */
  readonly ri: boolean
}

const inputs = ['cts', 'dsr', 'dcd', 'ri'] as const

/** What is known of each of them: a level, or a count of changes. */
type OfInputs = Readonly<Partial<Record<keyof InputSignals, unknown>>>

/** Whether it is another for any of the lines. */
export function signalsDiffer(one: OfInputs | undefined, other: OfInputs | undefined): boolean {
  return inputs.some((line) => one?.[line] !== other?.[line])
}

/** The lines that go out; one that is left out stays as it is. */
export interface OutputSignals {
  /** Data terminal ready. */
  readonly dtr?: boolean | undefined
  /** Request to send. */
  readonly rts?: boolean | undefined
  /** Hold the line in the break condition. */
  readonly break?: boolean | undefined
}

/** Which bytes `purge()` drops: those received and not read, those written and not sent, or both. */
export type Queue = 'input' | 'output' | 'both'

const outputs = { dtr: flag, rts: flag, break: flag }

/** A copy of these; throws `INVALID_OPTION`. */
export function takeOutputSignals(signals: OutputSignals): Taken<OutputSignals> {
  if (signals === undefined) throw invalid('signals', signals, 'an object of dtr, rts, break')
  return takeOptions('signals', signals, outputs)
}

const queues = oneOf(['input', 'output', 'both'])

/** Throws `INVALID_OPTION`. */
export function checkQueue(queue: Queue): void {
  if (!queues.accepts(queue)) throw invalid('queue', queue, queues.allowed)
}
