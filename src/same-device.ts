import { realpathSync } from 'node:fs'
import type { PortInfo } from './native/index.ts'

/** Tells one device from all others, whatever name it has. */
export type Recognize = (ports: readonly PortInfo[]) => PortInfo | undefined

/**
 * How to recognize the device that has this path now, from what a listing says of it: by its serial number, or else by
 * where it is plugged in, each together with what it is; and without either by its name. Undefined for what is not listed.
 */
export function recognize(path: string, ports: readonly PortInfo[]): Recognize | undefined {
  const name = realName(path)
  const known = ports.find((port) => port.path === name || port.path === path || port.stablePath === path)
  if (known === undefined) return undefined
  const marks = marksOf(known)
  return (now) =>
    now.find((port) => (marks === undefined ? port.path === known.path : marks === marksOf(port)))
}

/** What stays the same when a device is given another name; undefined where there is nothing to go by. */
function marksOf({
  interface: part,
  location,
  productId,
  serialNumber,
  vendorId,
}: PortInfo): string | undefined {
  const place = serialNumber ?? location
  if (place === undefined) return undefined
  const by = serialNumber === undefined ? 'place' : 'number'
  return JSON.stringify([by, place, vendorId, productId, part])
}

function realName(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // A name that is no path, such as COM3; or gone again already.
    return path
  }
}
