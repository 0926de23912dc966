import { realpathSync } from 'node:fs'
import type { PortInfo } from './native/index.ts'

/** Tells one device from all others, whatever name it has. */
export type Recognize = (ports: readonly PortInfo[]) => PortInfo | undefined

/**
 * How to recognize the device that has this path now, from what a listing says of it: by its serial number, or else by
 * where it is plugged in, each together with what it is; and without either by its name. A number that another device
 * has as well tells nothing: some makers give all of theirs the same. Undefined for what is not listed.
 */
export function recognize(path: string, ports: readonly PortInfo[]): Recognize | undefined {
  const name = realName(path)
  const known = ports.find((port) => port.path === name || port.path === path || port.stablePath === path)
  if (known === undefined) return undefined
  for (const marksOf of [numberOf, placeOf]) {
    const sought = marksOf(known)
    if (sought === undefined || ports.some((port) => port !== known && marksOf(port) === sought)) continue
    return (now) => theOne(now.filter((port) => marksOf(port) === sought))
  }
  return (now) => now.find((port) => port.path === known.path)
}

/** None of several: to take the wrong one is worse than to wait until it can be told. */
function theOne(ports: readonly PortInfo[]): PortInfo | undefined {
  return ports.length === 1 ? ports[0] : undefined
}

/** What stays the same wherever it is plugged in; undefined where it has no number. */
function numberOf({ serialNumber, ...what }: PortInfo): string | undefined {
  return serialNumber === undefined ? undefined : marks(serialNumber, what)
}

/** What stays the same when it is given another name; undefined where its place is not known. */
function placeOf({ location, ...what }: PortInfo): string | undefined {
  return location === undefined ? undefined : marks(location, what)
}

type What = Pick<PortInfo, 'interface' | 'productId' | 'vendorId'>

function marks(by: string, { interface: part, productId, vendorId }: What): string {
  return JSON.stringify([by, vendorId, productId, part])
}

/** Where a path leads; the path itself where that can't be told. */
export function realName(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // A name that is no path, such as COM3; or gone again already.
    return path
  }
}
