import { execFileSync } from 'node:child_process'
import { pbkdf2 } from 'node:crypto'

/** What goes on in the process beside the port. */
export const loads = ['idle', 'timer', 'pbkdf2', 'loop'] as const
export type Load = (typeof loads)[number]

/** How many threads libuv's pool has, unless told otherwise. */
const poolSize = 4

/** About 20 ms of one core: long against a round trip, short enough that whoever waits for a thread gets one. */
const iterations = 25_000

/** What the busy event loop does in each of its turns takes so many ms. */
const turn = 0.2

/**
 * Moves the main thread to a core of its own; the others stay where they are. What is to be seen is whether the port
 * waits for the pool's threads, and not that five threads are too many for one core.
 */
export async function separateFromPool(core: string): Promise<void> {
  await Promise.all(Array.from({ length: poolSize }, () => derive(1)))
  execFileSync('taskset', ['-cp', core, String(process.pid)], { stdio: 'ignore' })
}

/** Begins the load; the result ends it. */
export function begin(load: Load): () => Promise<void> {
  if (load === 'idle') return async () => {}
  if (load === 'timer') {
    const timer = setTimeout(() => {}, 3_600_000)
    return async () => clearTimeout(timer)
  }
  return load === 'loop' ? occupyLoop() : occupyPool()
}

function occupyPool(): () => Promise<void> {
  let busy = true
  const keepBusy = async () => {
    while (busy) await derive(iterations)
  }
  const threads = Promise.all(Array.from({ length: poolSize }, keepBusy))
  return async () => {
    busy = false
    await threads
  }
}

/** A program that has something to do in every turn of the event loop. */
function occupyLoop(): () => Promise<void> {
  let next: NodeJS.Immediate
  const work = () => {
    const end = performance.now() + turn
    while (performance.now() < end);
    next = setImmediate(work)
  }
  next = setImmediate(work)
  return async () => clearImmediate(next)
}

function derive(rounds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    pbkdf2('password', 'salt', rounds, 32, 'sha256', (error) => (error ? reject(error) : resolve()))
  })
}
