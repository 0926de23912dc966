import { readFileSync } from 'node:fs'

/** The cores for the two ends of the line, by number. */
export interface Cores {
  readonly farEnd: string
  readonly program: string
  /** Where something else is to run meanwhile. */
  readonly occupied: readonly string[]
}

export interface Placement extends Cores {
  readonly name: string
}

const cores = allowedCores()
const first = cores[0] ?? '0'
const last = cores.at(-1) ?? '0'
const others = cores.filter((core) => core !== last)

if (others.length === 0) throw new Error('the benchmarks need two cores')

/**
 * Left to the scheduler, results fall into two modes by where it happens to put the two ends, so they are pinned, once
 * on one core and once on two. The kernel carries the bytes from one end of a pseudo-terminal to the other in a thread
 * of its own, which would go to whatever core is idle: with one core, the others are kept busy.
 */
export const oneCore: Placement = { name: 'one core', farEnd: last, program: last, occupied: others }
export const twoCores: Placement = { name: 'two cores', farEnd: first, program: last, occupied: [] }

/** The event loop and the far end on one core, the threads of libuv's pool on another, which is theirs alone. */
export const apart: Cores & { readonly mainThread: string } = {
  farEnd: last,
  program: first,
  mainThread: last,
  occupied: [],
}

/** Source: proc_pid_status(5), Cpus_allowed_list: `0-3,8`. */
function allowedCores(): readonly string[] {
  const status = readFileSync('/proc/self/status', 'utf8')
  const ranges = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '0'
  return ranges.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => String(from + i))
  })
}
