import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long may still be waited for others, in ms: on a machine that is never quiet the figures must do as they are. */
let patience = 0

export function waitAtMost(ms: number): void {
  patience = ms
}

const look = 100
const idleEnough = 0.85

/** Waits until every core is idle, or nearly: on a shared machine there are gaps. */
export async function quiet(): Promise<void> {
  let before = cores()
  while (patience > 0) {
    await sleep(look)
    const now = cores()
    if (now.every((core, i) => idlePart(core, before[i]) >= idleEnough)) return
    before = now
    patience -= look
  }
}

/** Time that a core has spent idle, and in all. */
interface Core {
  readonly idle: number
  readonly all: number
}

function idlePart(now: Core, before: Core = { idle: 0, all: 0 }): number {
  return (now.idle - before.idle) / (now.all - before.all)
}

/** Source: proc_stat(5). */
function cores(): readonly Core[] {
  const lines = readFileSync('/proc/stat', 'utf8').match(/^cpu\d+ .*$/gm) ?? []
  return lines.map((line) => {
    const times = line.split(' ').slice(1).map(Number)
    const [, , , idle = 0, waiting = 0] = times
    return { idle: idle + waiting, all: times.reduce((sum, time) => sum + time, 0) }
  })
}
