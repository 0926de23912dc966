import type { PortInfo } from '../../contract.ts'
import { inNaturalOrder } from '../../port-info.ts'
import { describe } from './describe.ts'
import type { PortDevice } from './device-facts.ts'

/** Names of ports are the same in any case. */
export function sameName(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase()
}

/** Printer ports are of the class of serial ports, too. */
export function isPrinterPort(name: string): boolean {
  return /^LPT\d+$/i.test(name)
}

/**
 * One list out of what the device tree says and what the drivers have noted in the registry. What is in both is described
 * by the device tree; what is not plugged in or does not work is left out.
 */
export function mergePorts(devices: readonly PortDevice[], noted: readonly string[]): PortInfo[] {
  const ports: PortInfo[] = []
  const add = (port: PortInfo) => {
    if (!ports.some(({ path }) => sameName(path, port.path))) ports.push(port)
  }
  for (const device of devices) if (device.present && device.problem === 0) add(describe(device))
  for (const path of noted) add({ path, kind: 'unknown' })
  return inNaturalOrder(ports)
}
