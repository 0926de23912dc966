import { list as listPorts } from '../../index.ts'
import { exitCodes } from '../exit.ts'
import { matcher, portTable } from '../ports.ts'
import { columnsOf, painter, print } from '../style.ts'

export interface ListFlags {
  readonly verbose?: boolean
  readonly json?: boolean
}

/** `baud list`: the ports of this machine. */
export async function list(pattern: string | undefined, flags: ListFlags): Promise<number> {
  const matches = pattern === undefined ? () => true : matcher(pattern)
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

/** A quiet head, and the paths to be seen at once. */
function highlight([head = '', ...lines]: readonly string[]): string[] {
  const paint = painter(process.stdout)
  return [paint('dim', head), ...lines.map((line) => line.replace(/^\S+/, (path) => paint('bold', path)))]
}
