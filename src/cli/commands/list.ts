import { list as listPorts, watch } from '../../index.ts'
import type { PortChange, PortInfo } from '../../index.ts'
import { exitCodes } from '../exit.ts'
import { matcher, portLine, portTable } from '../ports.ts'
import type { Stop } from '../stop.ts'
import { columnsOf, painter, print } from '../style.ts'

export interface ListFlags {
  readonly verbose?: boolean
  readonly json?: boolean
  readonly watch?: boolean
}

/** `baud list`: the ports of this machine. */
export async function list(pattern: string | undefined, flags: ListFlags, stop: Stop): Promise<number> {
  const matches = pattern === undefined ? () => true : matcher(pattern)
  if (flags.watch === true) return follow(matches, flags, stop)
  const ports = (await listPorts()).filter(matches)
  const { stderr, stdout } = process
  if (flags.json === true) await print(stdout, `${JSON.stringify(ports, null, 2)}\n`)
  else if (ports.length === 0) {
    await print(
      stderr,
      pattern === undefined ? 'no serial port found\n' : `no serial port matches ${pattern}\n`,
    )
  } else {
    const verbose = flags.verbose === true
    const lines = portTable(ports, verbose, stdout.isTTY && !verbose ? columnsOf(stdout) : Infinity)
    await print(stdout, `${highlight(lines).join('\n')}\n`)
  }
  return exitCodes.ok
}

/** A line for each port that comes or goes, those first that are there. */
async function follow(matches: (port: PortInfo) => boolean, flags: ListFlags, stop: Stop): Promise<number> {
  stop.allowInterrupt()
  try {
    for await (const change of watch({ existing: true, signal: stop.signal })) {
      if (matches(change.port)) await print(process.stdout, `${told(change, flags)}\n`)
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  }
  return exitCodes.ok
}

function told(change: PortChange, { json, verbose }: ListFlags): string {
  if (json === true) return JSON.stringify(change)
  const { port, type } = change
  const paint = painter(process.stdout)
  const line = portLine(port, verbose === true)
  return type === 'added' ? `${paint('green', '+')} ${line}` : paint('dim', `- ${line}`)
}

/** A quiet head, and the paths to be seen at once. */
function highlight([head = '', ...lines]: readonly string[]): string[] {
  const paint = painter(process.stdout)
  return [paint('dim', head), ...lines.map((line) => line.replace(/^\S+/, (path) => paint('bold', path)))]
}
