import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { output } from './child.ts'
import type { Cores } from './placement.ts'
import { farEnd, occupy } from './places.ts'
import { quiet } from './quiet.ts'

/** No measurement takes nearly as long; who does has lost bytes and waits for them. */
const patience = 60

/** Runs a program at a fresh pseudo-terminal and gives what it measured. */
export async function measure(
  mode: 'echo' | 'stream',
  cores: Cores,
  command: readonly string[],
  work: string,
  ...numbers: readonly (number | string)[]
): Promise<unknown> {
  const occupants = cores.occupied.map((core) => spawn('taskset', ['-c', core, occupy], { stdio: 'inherit' }))
  const far = spawn('taskset', ['-c', cores.farEnd, farEnd, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = Promise.all([...occupants, far].map((child) => once(child, 'exit')))
  try {
    const lines = createInterface({ input: far.stdout })
    const [path] = (await Promise.race([once(lines, 'line'), once(far, 'exit')])) as unknown[]
    if (typeof path !== 'string') throw new Error(`${farEnd} gave no path`)
    const line = ['taskset', '-c', cores.program, ...command, work, path, ...numbers.map(String)]
    return JSON.parse(await output(line, patience))
  } finally {
    for (const child of [...occupants, far]) child.kill('SIGKILL')
    await gone
  }
}

/** µs of each round trip. */
export async function roundTrips(...rest: Parameters<typeof measure>): Promise<readonly number[]> {
  const { us } = (await measure(...rest)) as { us: readonly number[] }
  return us
}

/** Wall-clock and processor seconds of a transfer. */
export async function transfer(
  ...rest: Parameters<typeof measure>
): Promise<{ seconds: number; cpu: number }> {
  return (await measure(...rest)) as { seconds: number; cpu: number }
}

/** `A B C A B C …`: each measured so often, in turn, so that what disturbs the machine disturbs all alike, in its quiet moments. */
export async function inTurn<K, V>(
  contestants: readonly K[],
  times: number,
  measureOne: (contestant: K) => Promise<V>,
): Promise<ReadonlyMap<K, readonly V[]>> {
  const results = new Map<K, V[]>(contestants.map((contestant) => [contestant, []]))
  for (let i = 0; i < times; i++) {
    await quiet()
    for (const [contestant, list] of results) list.push(await measureOne(contestant))
  }
  return results
}
