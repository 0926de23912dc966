import { existsSync, readlinkSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { PortInfo } from '../contract.ts'
import { inNaturalOrder, portInfo } from '../port-info.ts'
import { namesIn, quietly, systemPlaces, textOf } from './places.ts'
import type { Places } from './places.ts'
import { hardwareOf, isSerialPort, kernelTty, lacksHardware, linkedName, nearestWith } from './sysfs.ts'
import type { KernelTty } from './sysfs.ts'
import { ttyDrivers } from './tty-drivers.ts'

/**
 * The ports that sysfs shows. None is opened, since that would raise DTR, which resets some boards.
 *
 * Files are read at once and not through promises: those of sysfs are made up in memory as they are read, within
 * microseconds, and the thread pool behind the promises may be full of slow work.
 */
export function list(): PortInfo[] {
  return listPorts(systemPlaces)
}

/** @param names - of the terminals to look at; all where left out */
export function listPorts(
  places: Places,
  names: readonly string[] = namesIn(`${places.sys}/class/tty`),
): PortInfo[] {
  const drivers = ttyDrivers(places.proc)
  const links = stableLinks(places)
  const ports = names.flatMap((name) => {
    const tty = kernelTty(name, places, drivers)
    if (tty === undefined || !isSerialPort(tty) || lacksHardware(tty)) return []
    const port = describe(tty, links.get(tty.path))
    // Unplugged while it was looked at; or in a container, which sees the ports of its host but was not given them.
    return existsSync(tty.folder) && existsSync(tty.path) ? [port] : []
  })
  return inNaturalOrder(ports)
}

/** What sysfs tells of one port. */
export function describe(tty: KernelTty, stablePath?: string): PortInfo {
  const hardware = tty.device === undefined ? undefined : hardwareOf(tty.device)
  const kind = kindOf(tty, hardware)
  const usb = kind === 'usb' && hardware !== undefined ? usbFacts(hardware) : noUsb
  const driver = (hardware && linkedName(hardware, 'driver')) ?? tty.driver?.name
  return portInfo({ path: tty.path, kind, driver, ...usb, stablePath })
}

const kinds: Readonly<Record<string, PortInfo['kind']>> = {
  pci: 'pci',
  platform: 'platform',
  pnp: 'platform',
  amba: 'platform',
  acpi: 'platform',
  i2c: 'platform',
  spi: 'platform',
}

function kindOf({ folder, name }: KernelTty, hardware: string | undefined): PortInfo['kind'] {
  // Before the question for USB: a Bluetooth radio mostly hangs on it, and the peer's port then hangs on the radio.
  if (name.startsWith('rfcomm') || folder.includes('/bluetooth/')) return 'bluetooth'
  if (name.startsWith('ttyGS')) return 'gadget'
  if (hardware === undefined) return 'virtual'
  if (nearestWith('idVendor', hardware) !== undefined) return 'usb'
  return kinds[linkedName(hardware, 'subsystem') ?? ''] ?? 'unknown'
}

type UsbFacts = Pick<
  Required<PortInfo>,
  'vendorId' | 'productId' | 'serialNumber' | 'manufacturer' | 'product' | 'interface' | 'location'
>

const noUsb: { readonly [Name in keyof UsbFacts]: undefined } = {
  vendorId: undefined,
  productId: undefined,
  serialNumber: undefined,
  manufacturer: undefined,
  product: undefined,
  interface: undefined,
  location: undefined,
}

/**
 * A USB port hangs on an interface, and that on the device, whose folder is named after the sockets on the way to it.
 * Source: Linux, Documentation/ABI/stable/sysfs-bus-usb.
 */
function usbFacts(hardware: string): { readonly [Name in keyof UsbFacts]: UsbFacts[Name] | undefined } {
  const device = nearestWith('idVendor', hardware) ?? hardware
  const part = nearestWith('bInterfaceNumber', hardware)
  return {
    vendorId: textOf(`${device}/idVendor`),
    productId: textOf(`${device}/idProduct`),
    serialNumber: textOf(`${device}/serial`),
    manufacturer: textOf(`${device}/manufacturer`),
    product: textOf(`${device}/product`),
    interface: part === undefined ? undefined : textOf(`${part}/bInterfaceNumber`),
    location: basename(device),
  }
}

/** From a port's node to the link that udev has made after its device. Source: systemd, rules.d/60-serial.rules. */
function stableLinks({ dev }: Places): Map<string, string> {
  const folder = `${dev}/serial/by-id`
  const links = new Map<string, string>()
  for (const name of namesIn(folder).toSorted()) {
    const target = quietly(() => readlinkSync(`${folder}/${name}`))
    const node = target === undefined ? undefined : resolve(folder, target)
    if (node !== undefined && !links.has(node)) links.set(node, `${folder}/${name}`)
  }
  return links
}
