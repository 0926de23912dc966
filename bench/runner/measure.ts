import type { Cost } from '../harness/meter.ts'
import { output, parseResult } from './child.ts'
import { FarEnd } from './companion.ts'
import type { Peer } from './peers.ts'
import type { Cores } from './placement.ts'

/** What a program is to do, and where. */
export interface Task {
  readonly farEnd: 'echo' | 'stream' | 'lines'
  readonly cores: Cores
  /** The program's own words for it: see harness/program.ts. */
  readonly work: string
  readonly args?: readonly (number | string)[]
  readonly patience?: number
}

/** So many seconds, unless the task says more: who needs longer has lost bytes, or stalls, and waits for ever. */
const usualPatience = 20

/** Runs a program at a fresh pseudo-terminal and gives what it measured. */
async function measure(peer: Peer, task: Task): Promise<unknown> {
  const { args = [], cores, patience = usualPatience, work } = task
  await using far = new FarEnd(cores, 'far-end', task.farEnd)
  const path = await far.line()
  const line = ['taskset', '-c', cores.program, ...peer.command, work, path, ...args.map(String)]
  return parseResult(await output(line, patience))
}

/** µs of each round trip. */
export async function roundTrips(peer: Peer, task: Task): Promise<readonly number[]> {
  const { us } = (await measure(peer, task)) as { us: readonly number[] }
  return us
}

/** What moving many bytes took. */
export async function cost(peer: Peer, task: Task): Promise<Cost> {
  return (await measure(peer, task)) as Cost
}

/** How many ms each step of a start took. */
export async function steps(peer: Peer, task: Task): Promise<Steps> {
  return (await measure(peer, task)) as Steps
}

export interface Steps {
  readonly open: number
  readonly exchange: number
  readonly close: number
}
