import { open } from '../../index.ts'
import type { LineEnd } from '../bytes.ts'
import { UsageError } from '../exit.ts'
import { parseKey } from '../keys.ts'
import { interact } from '../monitor/interact.ts'
import { Log } from '../monitor/log.ts'
import { pipe } from '../monitor/pipe.ts'
import { serialOptions } from '../options.ts'
import type { LineFlags } from '../options.ts'
import type { Stop } from '../stop.ts'

export interface MonitorFlags extends LineFlags {
  readonly eol: Exclude<LineEnd, 'none'>
  readonly echo?: boolean
  readonly hex?: boolean
  readonly timestamps?: boolean
  readonly encoding: BufferEncoding
  readonly raw?: boolean
  readonly log?: string
  readonly exitKey: string
  readonly menuKey: string
  readonly idle: number
  readonly stay?: boolean
}

/** `baud monitor`: a terminal on a port, or a pipe through it where standard input is no terminal. */
export async function monitor(path: string, flags: MonitorFlags, stop: Stop): Promise<number> {
  const keys = { exit: parseKey(flags.exitKey), menu: parseKey(flags.menuKey) }
  if (keys.exit === keys.menu) throw new UsageError('the exit key and the menu key must differ')
  const log = flags.log === undefined ? undefined : new Log(flags.log)
  await using port = await open(path, { ...serialOptions(flags), signal: stop.signal })
  const view = {
    hex: flags.hex === true,
    timestamps: flags.timestamps === true,
    raw: flags.raw === true,
    encoding: flags.encoding,
  }
  if (!process.stdin.isTTY)
    return await pipe(port, { view, log, idle: flags.idle, stay: flags.stay === true }, stop)
  const { dtr = true, eol, rts = true } = flags
  return await interact(port, { view, log, keys, eol, echo: flags.echo === true, dtr, rts }, stop)
}
