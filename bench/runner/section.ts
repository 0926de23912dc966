import type { Peer } from './peers.ts'
import type { Figures } from './statistics.ts'

/** What a workload is given. */
export interface Context {
  readonly peers: readonly Peer[]
  readonly quick: boolean
}

/** One kind of measurement. */
export interface Workload {
  readonly id: string
  run(context: Context): Promise<Section>
}

/** What came out, for the terminal and for the page. */
export interface Section {
  readonly title: string
  /** What was done and what the columns mean, in Markdown. */
  readonly about: string
  readonly head: readonly string[]
  readonly rows: readonly Row[]
  readonly targets: readonly Target[]
}

/** Text, and figures that print themselves as `median (least–greatest)`. */
export type Row = readonly (string | Figures)[]

/** What baud promises itself, and what it reached. */
export interface Target {
  readonly what: string
  readonly bound: string
  readonly reached: string
  /** Undefined where the program that it is about has stalled: whatever else passed, this was not measured. */
  readonly met: boolean | undefined
}

/** @param figure - undefined where one of the two has stalled */
export function atMost(what: string, figure: number | undefined, limit: number, digits = 3): Target {
  return { what, bound: `≤ ${limit}`, ...outcome(figure, digits, (reached) => reached <= limit) }
}

/** @param figure - undefined where one of the two has stalled */
export function atLeast(what: string, figure: number | undefined, limit: number): Target {
  return { what, bound: `≥ ${limit}`, ...outcome(figure, 3, (reached) => reached >= limit) }
}

function outcome(
  figure: number | undefined,
  digits: number,
  isMet: (figure: number) => boolean,
): Pick<Target, 'reached' | 'met'> {
  if (figure === undefined) return { reached: 'stalled', met: undefined }
  return { reached: figure.toFixed(digits), met: isMet(figure) }
}
