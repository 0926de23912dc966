import { readdirSync, readFileSync, statSync } from 'node:fs'

/** A process that has a device open. */
export interface Holder {
  readonly pid: number
  readonly command: string
}

/** The processes that have this device open, as far as this user may see. Source: proc(5), /proc/pid/fd. */
export function holdersOf(path: string): Holder[] {
  const device = deviceNumber(path)
  if (device === undefined) return []
  const pids = list('/proc').filter((name) => /^\d+$/.test(name))
  return pids
    .filter((pid) => list(`/proc/${pid}/fd`).some((fd) => deviceNumber(`/proc/${pid}/fd/${fd}`) === device))
    .map((pid) => ({ pid: Number(pid), command: commandOf(pid) }))
}

/** The processes with one of these names. */
export function processesNamed(names: readonly string[]): Holder[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), command: commandOf(pid) }))
    .filter(({ command }) => names.includes(command))
}

/** Undefined for what is no character device, and for what is gone or hidden. */
function deviceNumber(path: string): number | undefined {
  const stats = quietly(() => statSync(path))
  return stats?.isCharacterDevice() === true ? stats.rdev : undefined
}

function commandOf(pid: string): string {
  return quietly(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? '?'
}

function list(folder: string): string[] {
  return quietly(() => readdirSync(folder)) ?? []
}

/** Processes and their files come and go while one looks, and those of other users can't be seen. */
function quietly<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
