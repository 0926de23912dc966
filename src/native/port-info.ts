import { basename } from 'node:path'
import type { PortInfo } from './contract.ts'

/** Sorts as people count: `ttyUSB2` before `ttyUSB10`. */
export function inNaturalOrder(ports: readonly PortInfo[]): PortInfo[] {
  const { compare } = new Intl.Collator('en', { numeric: true })
  return ports.toSorted((a, b) => compare(a.path, b.path))
}

const kindNames: Readonly<Record<PortInfo['kind'], string>> = {
  usb: 'USB port',
  pci: 'PCI port',
  platform: 'built-in port',
  bluetooth: 'Bluetooth port',
  gadget: 'USB gadget port',
  virtual: 'virtual port',
  unknown: 'port',
}

/** What a port is, for a person: `FT232R USB UART by FTDI, 0403:6001, serial number A5028, at 1-1.4, driver ftdi_sio`. */
export function describePort(port: PortInfo): string {
  const { driver, location, manufacturer, product, productId, serialNumber, vendorId } = port
  const parts = [
    product === undefined
      ? kindNames[port.kind]
      : `${product}${manufacturer === undefined ? '' : ` by ${manufacturer}`}`,
    vendorId !== undefined && productId !== undefined && `${vendorId}:${productId}`,
    serialNumber !== undefined && `serial number ${serialNumber}`,
    location !== undefined && `at ${location}`,
    driver !== undefined && `driver ${driver}`,
  ]
  return parts.filter((part) => part !== false).join(', ')
}

/** What to try instead of a path that names nothing: the ports with a similar name, or else those there are. */
export function otherPorts(path: string, ports: readonly PortInfo[]): string {
  if (ports.length === 0)
    return 'there is no serial port at all: is the adapter plugged in, and its driver loaded?'
  const wanted = basename(path).toLowerCase()
  // The same name but for its number, a part left out, or other letter case.
  const stem = wanted.replace(/\d+$/, '')
  const similar = ports.filter((port) => {
    const name = basename(port.path).toLowerCase()
    return stem.length > 1 && (name.includes(stem) || stem.includes(name.replace(/\d+$/, '')))
  })
  const offered = (similar.length > 0 ? similar : ports).slice(0, 5).map((port) => port.path)
  return `${similar.length > 0 ? 'similar ports' : 'the ports there are'}: ${offered.join(', ')}`
}

/** A port's facts, those not known left out rather than undefined. */
export function portInfo(facts: {
  readonly [Name in keyof Required<PortInfo>]: PortInfo[Name] | undefined
}): PortInfo {
  const known = Object.entries(facts).filter(([, fact]) => fact !== undefined)
  return Object.fromEntries(known) as unknown as PortInfo
}
