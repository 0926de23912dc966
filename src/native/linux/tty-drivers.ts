import { textOf } from './places.ts'

/** A driver of terminals, and the device numbers that it serves. */
export interface TtyDriver {
  readonly name: string
  readonly major: number
  readonly firstMinor: number
  readonly lastMinor: number
  /** `serial`, `console`, `system`, `pty:slave` and the like. */
  readonly type: string
}

/** All there are. Source: proc(5), /proc/tty/drivers; Linux, fs/proc/proc_tty.c. */
export function ttyDrivers(proc: string): TtyDriver[] {
  const lines = textOf(`${proc}/tty/drivers`)?.split('\n') ?? []
  return lines.flatMap((line) => {
    const found = /^(\S+)\s+\S+\s+(\d+)\s+(\d+)(?:-(\d+))?\s+(\S+)$/.exec(line)
    if (found === null) return []
    const [, name = '', major, first, last = first, type = ''] = found
    return [{ name, major: Number(major), firstMinor: Number(first), lastMinor: Number(last), type }]
  })
}

/** The driver that serves a device number. */
export function driverOf(drivers: readonly TtyDriver[], major: number, minor: number): TtyDriver | undefined {
  return drivers.find((driver) => {
    return driver.major === major && driver.firstMinor <= minor && minor <= driver.lastMinor
  })
}
