import type { PortInfo } from '../index.ts'
import { UsageError } from './exit.ts'
import { table } from './table.ts'
import { visible } from './visible.ts'

/** Whether a property of a port matches a regular expression, in any case. */
export function matcher(pattern: string): (port: PortInfo) => boolean {
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

/** The ports as lines of a table, the first one its head. */
export function portTable(ports: readonly PortInfo[], verbose: boolean, width?: number): string[] {
  const head = ['PORT', 'KIND', 'DRIVER', 'USB ID', 'SERIAL', 'PRODUCT']
  const more = ['IF', 'PLACE', 'STABLE PATH']
  const rows = ports.map((port) => cells(port, verbose))
  return table(verbose ? [...head, ...more] : head, rows, width)
}

function cells(port: PortInfo, verbose: boolean): string[] {
  const row = [port.path, port.kind, port.driver, usbId(port), port.serialNumber, description(port)]
  const rest = [port.interface, port.location, port.stablePath]
  // These strings come from the devices themselves.
  return (verbose ? [...row, ...rest] : row).map((cell) => visible(cell ?? '', 'strict'))
}

/** One port as a line on its own. */
export function portLine(port: PortInfo, verbose: boolean): string {
  return cells(port, verbose)
    .filter((cell) => cell !== '')
    .join('  ')
}
