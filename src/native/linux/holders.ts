import { characterDevice, namesIn, systemPlaces, textOf } from './places.ts'

/** A process that has a device open. */
export interface Holder {
  readonly pid: number
  readonly command: string
}

/** The processes that have this device open, as far as this user may see. Source: proc(5), /proc/pid/fd. */
export function holdersOf(path: string, proc: string = systemPlaces.proc): Holder[] {
  const device = characterDevice(path)
  if (device === undefined) return []
  return processes(proc).filter(({ pid }) => {
    const folder = `${proc}/${pid}/fd`
    return namesIn(folder).some((fd) => characterDevice(`${folder}/${fd}`) === device)
  })
}

/** Names them for a person: `minicom (812), this process (97)`. */
export function nameHolders(holders: readonly Holder[]): string {
  const names = holders.map(
    ({ command, pid }) => `${pid === process.pid ? 'this process' : command} (${pid})`,
  )
  return names.join(', ')
}

/** The processes with one of these names. */
export function processesNamed(names: readonly string[], proc: string = systemPlaces.proc): Holder[] {
  return processes(proc).filter(({ command }) => names.includes(command))
}

/** The words that a process was started with; its user may change them. */
export function argumentsOf(pid: number, proc: string = systemPlaces.proc): string[] {
  return (
    textOf(`${proc}/${pid}/cmdline`)
      ?.split('\0')
      .filter((word) => word !== '') ?? []
  )
}

function processes(proc: string): Holder[] {
  const pids = namesIn(proc).filter((name) => /^\d+$/.test(name))
  return pids.map((pid) => ({ pid: Number(pid), command: textOf(`${proc}/${pid}/comm`) ?? '?' }))
}
