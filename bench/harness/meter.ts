import { readFileSync } from 'node:fs'

/** What some work took. */
export interface Cost {
  readonly seconds: number
  /** Seconds of processor time, user and system. */
  readonly cpu: number
  /** Resident memory when it began and when it ended, and the most the process has ever had; MB. */
  readonly before: number
  readonly after: number
  readonly peak: number
}

/** Runs from when it is made. */
export class Meter {
  readonly #before: number = resident()
  readonly #used: NodeJS.CpuUsage = process.cpuUsage()
  readonly #began: number = performance.now()

  stop(): Cost {
    const seconds = (performance.now() - this.#began) / 1000
    const { system, user } = process.cpuUsage(this.#used)
    return { seconds, cpu: (user + system) / 1e6, before: this.#before, after: resident(), peak: peak() }
  }
}

/** MB of memory that the process has now. */
export function resident(): number {
  return process.memoryUsage.rss() / 1e6
}

/**
 * Source: proc_pid_status(5), VmHWM. The rusage of a process, which is all that there is elsewhere, goes on from what its
 * parent had.
 */
function peak(): number {
  if (process.platform !== 'linux') return (process.resourceUsage().maxRSS * 1024) / 1e6
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return (Number(kilobytes) * 1024) / 1e6
}
