import type { PortInfo } from '../../contract.ts'

/** What the instance id of a device on USB says. */
export interface UsbId {
  /** Four lower-case hex digits, as in {@link PortInfo}. */
  readonly vendorId: string
  readonly productId: string
  /** Present for one function of a composite device: the number of its (first) interface, two hex digits. */
  readonly interface?: string
  readonly serialNumber?: string
}

/** `USB\VID_2341&PID_8036&MI_02\6&1A2B3C4&0&0002`. Source: Microsoft Learn, "Standard USB Identifiers". */
const usbForm =
  /^USB\\VID_([0-9A-F]{4})&PID_([0-9A-F]{4})(?:&(?!MI_)[^&\\]*)*(?:&MI_([0-9A-F]{2}))?\\([^\\]+)$/i

/** `FTDIBUS\VID_0403+PID_6001+A50285BIA\0000`: FTDI's driver puts a bus of its own between USB and the port. */
const ftdiForm = /^FTDIBUS\\VID_([0-9A-F]{4})\+PID_([0-9A-F]{4})(?:\+([^\\]+))?\\/i

/**
 * What Windows makes up for a device that has no serial number: numbers that stand for the place in the device tree.
 * Source: Microsoft Learn, "Instance IDs".
 */
const madeUp = /^[0-9A-F]+(&[0-9A-F]+)+$/i

/** Undefined for what is not on USB, and for hubs that are part of the host. */
export function usbId(instanceId: string): UsbId | undefined {
  const [, vendor, product, part, instance] = usbForm.exec(instanceId) ?? []
  if (vendor === undefined || product === undefined || instance === undefined) return undefined
  return {
    vendorId: vendor.toLowerCase(),
    productId: product.toLowerCase(),
    ...(part !== undefined && { interface: part.toLowerCase() }),
    // The number of a function is its parent's.
    ...(part === undefined && !madeUp.test(instance) && { serialNumber: instance }),
  }
}

/** The same from the id that FTDI's driver gives a port, whose serial number it ends in the port's letter. */
export function ftdiId(instanceId: string): UsbId | undefined {
  const [, vendor, product, instance] = ftdiForm.exec(instanceId) ?? []
  if (vendor === undefined || product === undefined) return undefined
  return {
    vendorId: vendor.toLowerCase(),
    productId: product.toLowerCase(),
    ...(instance !== undefined && !madeUp.test(instance) && { serialNumber: instance.replace(/[A-D]$/, '') }),
  }
}

/** Buses by the enumerators that put their names first in an id. Source: Microsoft Learn, "Device Instance IDs". */
const buses: Readonly<Record<string, PortInfo['kind']>> = {
  ACPI: 'platform',
  ISAPNP: 'platform',
  PCI: 'pci',
  PCMCIA: 'pci',
  BTH: 'bluetooth',
  BTHENUM: 'bluetooth',
  BTHHFENUM: 'bluetooth',
  BTHLE: 'bluetooth',
  BTHLEDEVICE: 'bluetooth',
  // Devices that are software.
  ROOT: 'virtual',
  SWD: 'virtual',
  VMBUS: 'virtual',
}

/** The bus that a device is on; undefined for the buses that drivers make up, which hang on one of these. */
export function busOf(instanceId: string): PortInfo['kind'] | undefined {
  if (usbId(instanceId) !== undefined) return 'usb'
  const [enumerator = ''] = instanceId.split('\\', 1)
  return buses[enumerator.toUpperCase()]
}
