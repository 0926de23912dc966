import { climb } from './describe.ts'
import type { DeviceFacts, PortDevice } from './device-facts.ts'
import type { Device } from './device.ts'
import { devicesOfClass, devicesOnBus, devicesWithInterface, withAnyDevice } from './device-set.ts'
import { portClasses, portInterfaces } from './keys.ts'
import { isPrinterPort } from './merge.ts'
import { stringValues } from './registry.ts'

/** Each device that says it is a port: those plugged in, or all that ever were. */
export function portDevices(which: 'present' | 'known'): PortDevice[] {
  const absentToo = which === 'known'
  const found = new Map<string, Found>()
  const add = (device: Device, path?: string) => {
    const { portName } = device
    if (portName === undefined || isPrinterPort(portName)) return
    const facts = device.facts()
    const before = found.get(facts.instanceId)
    found.set(facts.instanceId, { facts, portName, interfacePath: before?.interfacePath ?? path })
  }
  for (const guid of portClasses) devicesOfClass(guid, absentToo, (device) => add(device))
  // Some ports are of another class, and say by their interface what they are.
  for (const guid of portInterfaces) devicesWithInterface(guid, absentToo, add)
  return withAncestors([...found.values()])
}

interface Found {
  readonly facts: DeviceFacts
  readonly portName: string
  readonly interfacePath: string | undefined
}

function withAncestors(found: readonly Found[]): PortDevice[] {
  return withAnyDevice((open) => {
    const read = (instanceId: string): DeviceFacts =>
      open(instanceId)?.facts() ?? { instanceId, present: true, problem: 0 }
    return found.map(({ facts, interfacePath, portName }) => ({
      ...facts,
      portName,
      interfacePath,
      ancestors: climb(facts, read),
    }))
  })
}

/** Source: Microsoft Learn, "Device Manager Error Messages", code 28. */
const CM_PROB_FAILED_INSTALL = 28

/** What is plugged in on USB and has no driver. */
export function withoutDriver(): DeviceFacts[] {
  return devicesOnBus('USB', (device) => device.facts()).filter(
    ({ present, problem }) => present && problem === CM_PROB_FAILED_INSTALL,
  )
}

/** The names that drivers have noted for their ports. Source: Microsoft Learn, "External Naming of COM Ports". */
export function notedPorts(): string[] {
  return stringValues('HARDWARE\\DEVICEMAP\\SERIALCOMM')
}
