import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { describe, location } from '../../../src/native/darwin/list.ts'

/** A port's entry, and what it hangs on, from the inside out. */
const chain = (...entries: Record<string, string | number>[]) =>
  entries.map((entry) => new Map(Object.entries(entry)))

const family = { CFBundleIdentifier: 'com.apple.iokit.IOSerialFamily' }
const usbHost = { CFBundleIdentifier: 'com.apple.iokit.IOUSBHostFamily' }
const controller = { CFBundleIdentifier: 'com.apple.driver.usb.AppleUSBXHCIPCI' }
const pci = { CFBundleIdentifier: 'com.apple.iokit.IOPCIFamily' }

const part = { ...usbHost, idVendor: 0x0403, idProduct: 0x6001, bInterfaceNumber: 1, bInterfaceClass: 255 }
const device = { ...usbHost, idVendor: 0x0403, idProduct: 0x6001, bDeviceClass: 0, locationID: 0x14240000 }
const hub = { ...usbHost, idVendor: 0x05e3, idProduct: 0x0610, bDeviceClass: 9, 'USB Serial Number': 'HUB' }

suite('the ports of macOS', () => {
  test('a USB adapter: the facts are the device’s, not the interface’s, nor the hub’s', () => {
    const names = {
      'USB Serial Number': 'A5028QWE',
      'USB Vendor Name': 'FTDI',
      'USB Product Name': 'FT232R USB UART',
    }
    const port = { IOCalloutDevice: '/dev/cu.usbserial-A5028QWE', ...family }
    const driver = { CFBundleIdentifier: 'com.apple.DriverKit-AppleUSBFTDI' }
    assert.deepEqual(
      describe(chain(port, family, driver, part, { ...device, ...names }, hub, controller, pci)),
      {
        path: '/dev/cu.usbserial-A5028QWE',
        kind: 'usb',
        driver: 'com.apple.DriverKit-AppleUSBFTDI',
        vendorId: '0403',
        productId: '6001',
        serialNumber: 'A5028QWE',
        manufacturer: 'FTDI',
        product: 'FT232R USB UART',
        interface: '01',
        location: '20-2.4',
      },
    )
  })

  test('a device without a serial number does not take its hub’s', () => {
    const found = describe(chain({ IOCalloutDevice: '/dev/cu.usbserial-1420', ...family }, part, device, hub))
    assert.equal(found?.serialNumber, undefined)
    assert.deepEqual(Object.keys(found ?? {}), [
      'path',
      'kind',
      'driver',
      'vendorId',
      'productId',
      'interface',
      'location',
    ])
  })

  test('the names that newer systems use come first; blank ones do not count', () => {
    const strings = {
      kUSBProductString: 'New',
      'USB Product Name': 'Old',
      kUSBVendorString: ' ',
      'USB Vendor Name': 'Maker ',
    }
    const found = describe(chain({ IOCalloutDevice: '/dev/cu.x' }, { ...device, ...strings }))
    assert.deepEqual([found?.product, found?.manufacturer], ['New', 'Maker'])
  })

  test('Bluetooth, though its radio hangs on USB', () => {
    const found = describe(
      chain({ IOCalloutDevice: '/dev/cu.Bluetooth-Incoming-Port', ...family }, part, device),
    )
    assert.deepEqual([found?.kind, found?.vendorId], ['bluetooth', undefined])
    const driver = { CFBundleIdentifier: 'com.apple.iokit.IOBluetoothSerialManager' }
    assert.equal(describe(chain({ IOCalloutDevice: '/dev/cu.headset' }, driver, device))?.kind, 'bluetooth')
  })

  test('a card, and a port of which nothing is known', () => {
    assert.equal(describe(chain({ IOCalloutDevice: '/dev/cu.card', ...family }, pci))?.kind, 'pci')
    assert.deepEqual(describe(chain({ IOCalloutDevice: '/dev/cu.debug-console' })), {
      path: '/dev/cu.debug-console',
      kind: 'unknown',
    })
  })

  test('what has no call-out device is no port', () => {
    assert.equal(describe(chain({ IODialinDevice: '/dev/tty.x' })), undefined)
    assert.equal(describe(chain()), undefined)
  })

  test('locations: the bus, then a digit for each socket', () => {
    assert.equal(location(0x14100000), '20-1')
    assert.equal(location(0x00123456), '0-1.2.3.4.5.6')
    assert.equal(location(0x02a00000), '2-10')
    assert.equal(location(0x14000000), '20')
    // The registry's numbers may come with a sign.
    assert.equal(location(0xfd110000 - 0x100000000), '253-1.1')
    assert.equal(location(undefined), undefined)
  })
})
