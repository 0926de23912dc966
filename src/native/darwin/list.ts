import type { PortInfo } from '../contract.ts'
import { inNaturalOrder, portInfo } from '../port-info.ts'
import { bindFrameworks } from './frameworks.ts'
import { servicesOf } from './registry.ts'
import type { Properties } from './registry.ts'

const frameworks = bindFrameworks()

/** Source: IOKit/serial/IOSerialKeys.h, IOKit/usb/IOUSBHostFamilyDefinitions.h, IOKit/usb/USBSpec.h. */
const names = [
  'IOCalloutDevice',
  'CFBundleIdentifier',
  'bInterfaceNumber',
  'bDeviceClass',
  'idVendor',
  'idProduct',
  'locationID',
  'kUSBSerialNumberString',
  'USB Serial Number',
  'kUSBVendorString',
  'USB Vendor Name',
  'kUSBProductString',
  'USB Product Name',
]

/**
 * The ports that the I/O Registry shows, by their call-out devices: `/dev/cu.usbserial-1410`. The other device of a port,
 * `/dev/tty.…`, is for answering calls, and waits for a carrier. Source: Apple, "Device File Access Guide for Serial I/O".
 *
 * The registry answers within microseconds an entry; a call on another thread would take one of the pool.
 */
export function list(): PortInfo[] {
  return inNaturalOrder(
    servicesOf('IOSerialBSDClient', names, frameworks).flatMap((chain) => describe(chain) ?? []),
  )
}

/** What a port says, and what it hangs on, from the inside out. */
export function describe(chain: readonly Properties[]): PortInfo | undefined {
  const path = chain[0]?.get('IOCalloutDevice')
  if (typeof path !== 'string') return undefined
  // Interfaces have the vendor's id too, and only the device has a class.
  const found = chain.findIndex((entry) => entry.has('idVendor') && entry.has('bDeviceClass'))
  const drivers = driversOf(found < 0 ? chain : chain.slice(0, found))
  const isBluetooth = /bluetooth/i.test([path, ...drivers].join(' '))
  const usb = isBluetooth ? undefined : chain[found]
  // Where USB is itself on PCI, that is of no interest.
  const isPci = driversOf(chain).includes('com.apple.iokit.IOPCIFamily')
  return portInfo({
    path,
    kind: isBluetooth ? 'bluetooth' : usb !== undefined ? 'usb' : isPci ? 'pci' : 'unknown',
    driver: drivers.find((driver) => driver !== 'com.apple.iokit.IOSerialFamily'),
    ...usbFacts(usb, usb === undefined ? undefined : chain.find((entry) => entry.has('bInterfaceNumber'))),
    // The name of the path is made from the serial number or the location already.
    stablePath: undefined,
  })
}

function driversOf(chain: readonly Properties[]): string[] {
  return chain.flatMap((entry) => string(entry, 'CFBundleIdentifier') ?? [])
}

function usbFacts(device: Properties | undefined, part: Properties | undefined) {
  return {
    vendorId: hexadecimal(device?.get('idVendor'), 4),
    productId: hexadecimal(device?.get('idProduct'), 4),
    serialNumber: string(device, 'kUSBSerialNumberString', 'USB Serial Number'),
    manufacturer: string(device, 'kUSBVendorString', 'USB Vendor Name'),
    product: string(device, 'kUSBProductString', 'USB Product Name'),
    interface: hexadecimal(part?.get('bInterfaceNumber'), 2),
    location: location(device?.get('locationID')),
  }
}

function string(entry: Properties | undefined, ...keys: readonly string[]): string | undefined {
  const texts = keys.map((key) => entry?.get(key)).filter((value) => typeof value === 'string')
  return texts.map((value) => value.trim()).find((value) => value !== '')
}

function hexadecimal(value: string | number | undefined, digits: number): string | undefined {
  return typeof value === 'number' ? value.toString(16).padStart(digits, '0') : undefined
}

/**
 * A location has the bus in its top eight bits, and below them four bits for each socket on the way to the device, up to
 * the first that is 0: 0x14240000 is 20-2.4. Source: IOKit/usb/USB.h, locationID.
 */
export function location(id: string | number | undefined): string | undefined {
  if (typeof id !== 'number') return undefined
  const digits = (id >>> 0).toString(16).padStart(8, '0')
  const bus = parseInt(digits.slice(0, 2), 16)
  const sockets = digits.slice(2).replace(/0.*$/, '').split('')
  return sockets.length === 0 ? `${bus}` : `${bus}-${sockets.map((digit) => parseInt(digit, 16)).join('.')}`
}
