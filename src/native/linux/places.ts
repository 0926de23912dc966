import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'

/** Where the system shows what is looked at here; tests build such trees of their own. */
export interface Places {
  readonly dev: string
  readonly sys: string
  readonly proc: string
  readonly etc: string
  /** Lock files of programs that share modems, as the Filesystem Hierarchy Standard 3.0 has them in 5.9. */
  readonly locks: string
  /** What udev noted about each device. */
  readonly udev: string
}

export const systemPlaces: Places = {
  dev: '/dev',
  sys: '/sys',
  proc: '/proc',
  etc: '/etc',
  locks: '/var/lock',
  udev: '/run/udev/data',
}

/** What a small file says, without the white space around it; undefined when there is none or nothing in it. */
export function textOf(file: string): string | undefined {
  return quietly(() => readFileSync(file, 'utf8').trim()) || undefined
}

/** The names in a folder, none when it is not there. */
export function namesIn(folder: string): string[] {
  return quietly(() => readdirSync(folder)) ?? []
}

/** Where a path leads, through all links; undefined when it leads nowhere. */
export function targetOf(path: string): string | undefined {
  return quietly(() => realpathSync(path))
}

/** The number of a character device; undefined for anything else, and for what is gone or hidden. */
export function characterDevice(path: string): number | undefined {
  const stats = quietly(() => statSync(path))
  return stats?.isCharacterDevice() === true ? stats.rdev : undefined
}

/** Source: makedev(3), as the C library lays a device number out. */
export function majorOf(device: number): number {
  return (device >>> 8) & 0xfff
}

export function minorOf(device: number): number {
  return (device & 0xff) | ((device >>> 12) & 0xfff00)
}

/** Devices and processes come and go while one looks, and those of other users can't be seen. */
export function quietly<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
