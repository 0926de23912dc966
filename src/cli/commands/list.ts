import { list as listPorts } from '../../index.ts'
import type { PortInfo } from '../../index.ts'
import { UsageError, exitCodes } from '../exit.ts'
import { columnsOf, painter, print } from '../style.ts'
import { table } from '../table.ts'
import { visible } from '../visible.ts'

export interface ListFlags {
  readonly verbose?: boolean
  readonly json?: boolean
}

/** `baud list`: the ports of this machine. */
export async function list(pattern: string | undefined, flags: ListFlags): Promise<number> {
  const matches = matcher(pattern)
  const ports = (await listPorts()).filter(matches)
  if (flags.json === true) await print(process.stdout, `${JSON.stringify(ports, null, 2)}\n`)
  else if (ports.length > 0)
    await print(process.stdout, `${portTable(ports, flags.verbose === true).join('\n')}\n`)
  else
    await print(
      process.stderr,
      pattern === undefined ? 'no serial port found\n' : `no serial port matches ${pattern}\n`,
    )
  return exitCodes.ok
}

function matcher(pattern: string | undefined): (port: PortInfo) => boolean {
  if (pattern === undefined) return () => true
  const expression = toRegExp(pattern)
  return (port) => [...Object.values(port).map(String), usbId(port)].some((text) => expression.test(text))
}

function toRegExp(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'i')
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function usbId({ productId, vendorId }: PortInfo): string {
  return vendorId === undefined ? '' : `${vendorId}:${productId ?? ''}`
}

/** What a port is, in the words of its maker. */
function description({ manufacturer, product }: PortInfo): string {
  if (product === undefined || manufacturer === undefined) return product ?? manufacturer ?? ''
  return product.startsWith(manufacturer) ? product : `${product} (${manufacturer})`
}

function portTable(ports: readonly PortInfo[], verbose: boolean): string[] {
  const head = ['PORT', 'KIND', 'DRIVER', 'USB ID', 'SERIAL', 'PRODUCT']
  const more = ['IF', 'PLACE', 'STABLE PATH']
  const rows = ports.map((port) => {
    const row = [port.path, port.kind, port.driver, usbId(port), port.serialNumber, description(port)]
    const rest = [port.interface, port.location, port.stablePath]
    // These strings come from the devices themselves.
    return (verbose ? [...row, ...rest] : row).map((cell) => visible(cell ?? '', 'strict'))
  })
  const { stdout } = process
  const width = stdout.isTTY && !verbose ? columnsOf(stdout) : Infinity
  const paint = painter(stdout)
  const [title = '', ...lines] = table(verbose ? [...head, ...more] : head, rows, width)
  return [paint('dim', title), ...lines.map((line) => line.replace(/^\S+/, (path) => paint('bold', path)))]
}
