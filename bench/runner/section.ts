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
  readonly met: boolean
}

export function atMost(what: string, figure: number, limit: number, unit = '', digits = 3): Target {
  return {
    what,
    bound: `≤ ${limit}${unit}`,
    reached: `${figure.toFixed(digits)}${unit}`,
    met: figure <= limit,
  }
}

export function atLeast(what: string, figure: number, limit: number): Target {
  return { what, bound: `≥ ${limit}`, reached: figure.toFixed(3), met: figure >= limit }
}
