import type { PortInfo } from '../../contract.ts'
import { portInfo } from '../../port-info.ts'
import type { DeviceFacts, PortDevice } from './device-facts.ts'
import { busOf, ftdiId, usbId } from './instance-id.ts'
import type { UsbId } from './instance-id.ts'

/** No device is as deep in the tree; a tree that runs in a circle ends here. */
const deepest = 16

/** What a device hangs on, the nearest first, up to where its bus is known and, for USB, to the device itself. */
export function climb(device: DeviceFacts, read: (instanceId: string) => DeviceFacts): DeviceFacts[] {
  const ancestors: DeviceFacts[] = []
  let last = device
  while (!tellsItsBus(last) && last.parent !== undefined && ancestors.length < deepest) {
    last = read(last.parent)
    ancestors.push(last)
  }
  return ancestors
}

function tellsItsBus({ instanceId }: DeviceFacts): boolean {
  return busOf(instanceId) !== undefined && usbId(instanceId)?.interface === undefined
}

/** A port's facts, out of what Windows says of its device and of those that it hangs on. */
export function describe(port: PortDevice): PortInfo {
  const kind = kindOf(port)
  const usb = kind === 'usb' ? usbFacts(port) : undefined
  const whole = usb?.device ?? port
  return portInfo({
    path: port.portName,
    kind,
    driver: port.service,
    vendorId: usb?.id.vendorId,
    productId: usb?.id.productId,
    serialNumber: usb?.id.serialNumber,
    manufacturer: makerOf(port),
    // As elsewhere the product is the device, also where a function of it has a name of its own.
    product: whole.reported ?? port.reported ?? port.description,
    interface: usb?.interface,
    // A Bluetooth port has the place of the radio.
    location: kind === 'bluetooth' ? undefined : (whole.locationPath ?? whole.location),
    stablePath: port.interfacePath,
  })
}

function kindOf({ ancestors, instanceId }: PortDevice): PortInfo['kind'] {
  if (ftdiId(instanceId) !== undefined) return 'usb'
  const known = [instanceId, ...ancestors.map((ancestor) => ancestor.instanceId)].map(busOf)
  return known.find((bus) => bus !== undefined) ?? 'unknown'
}

interface UsbFacts {
  readonly id: UsbId
  /** The device that is plugged in, where Windows shows it. */
  readonly device?: DeviceFacts | undefined
  /** Which of its functions the port is, where it has several. */
  readonly interface?: string | undefined
}

/** The port is the device itself, one of its functions, or hangs on one of the two by a bus of its driver's. */
function usbFacts(port: PortDevice): UsbFacts | undefined {
  const onUsb = [port, ...port.ancestors].flatMap((device) => {
    const id = usbId(device.instanceId)
    return id === undefined ? [] : [{ device, id }]
  })
  const [nearest] = onUsb
  if (nearest === undefined) {
    const id = ftdiId(port.instanceId)
    return id && { id }
  }
  if (nearest.id.interface === undefined) return nearest
  // Above a function is its device; anything else up there, such as a hub, is not.
  const { productId, vendorId } = nearest.id
  const whole = onUsb.find(
    ({ id }) => id.interface === undefined && id.vendorId === vendorId && id.productId === productId,
  )
  return { id: whole?.id ?? nearest.id, device: whole?.device, interface: nearest.id.interface }
}

/**
 * Windows keeps no maker of the device, only that of its driver: not who made the device when the driver is Windows' own
 * and serves any, or when it is a stand-in such as "(Standard port types)".
 */
function makerOf({ manufacturer }: DeviceFacts): string | undefined {
  return manufacturer === 'Microsoft' || manufacturer?.startsWith('(') === true ? undefined : manufacturer
}
