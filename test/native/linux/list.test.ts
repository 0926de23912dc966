import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { listPorts } from '../../../src/native/linux/list.ts'
import { ftdi, linuxOnly, Tree } from './tree.ts'

const pathsIn = (tree: Tree) =>
  listPorts(tree.places).map(({ path }) => path.slice(tree.places.dev.length + 1))

suite('the ports of Linux', { skip: linuxOnly }, () => {
  test('a USB adapter, with its device’s facts, its place and its by-id link', () => {
    using tree = new Tree()
    tree.usbAdapter('ttyUSB0', '188:0')
    tree.link('dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A5028QWE-if00-port0', '../../ttyUSB0')
    tree.link('dev/serial/by-id/usb-Gone_Adapter-if00-port0', '../../ttyUSB7')
    const { dev } = tree.places
    assert.deepEqual(listPorts(tree.places), [
      {
        path: `${dev}/ttyUSB0`,
        kind: 'usb',
        driver: 'ftdi_sio',
        vendorId: '0403',
        productId: '6001',
        serialNumber: 'A5028QWE',
        manufacturer: 'FTDI',
        product: 'FT232R USB UART',
        interface: '00',
        location: '1-1.4',
        stablePath: `${dev}/serial/by-id/usb-FTDI_FT232R_USB_UART_A5028QWE-if00-port0`,
      },
    ])
  })

  test('a composite device: each port tells its own interface; hubs above are not the device', () => {
    using tree = new Tree()
    const hub = 'pci0000:00/0000:00:14.0/usb2/2-3'
    tree.device(hub, { subsystem: 'usb', files: { idVendor: '05e3', idProduct: '0610', serial: 'HUB' } })
    tree.device(`${hub}/2-3.1`, {
      subsystem: 'usb',
      files: { idVendor: '1d6b', idProduct: '0104', product: 'Board' },
    })
    for (const [index, part] of ['00', '02'].entries()) {
      const folder = `${hub}/2-3.1/2-3.1:1.${Number(part)}`
      tree.device(folder, { subsystem: 'usb', driver: 'cdc_acm', files: { bInterfaceNumber: part } })
      tree.tty(`ttyACM${index}`, `166:${index}`, folder)
    }
    const facts = {
      kind: 'usb',
      driver: 'cdc_acm',
      vendorId: '1d6b',
      productId: '0104',
      product: 'Board',
      location: '2-3.1',
    }
    assert.deepEqual(listPorts(tree.places), [
      { path: `${tree.places.dev}/ttyACM0`, ...facts, interface: '00' },
      { path: `${tree.places.dev}/ttyACM1`, ...facts, interface: '02' },
    ])
  })

  test('of the four ttyS of a PC, those without a UART are left out', () => {
    using tree = new Tree()
    tree.device('pnp0/00:01', { subsystem: 'pnp', driver: 'serial' })
    tree.tty('ttyS0', '4:64', 'pnp0/00:01', { type: '4' })
    tree.device('platform/serial8250', { subsystem: 'platform', driver: 'serial8250' })
    for (const n of [1, 2, 3]) tree.tty(`ttyS${n}`, `4:${64 + n}`, 'platform/serial8250', { type: '0' })
    assert.deepEqual(listPorts(tree.places), [
      { path: `${tree.places.dev}/ttyS0`, kind: 'platform', driver: 'serial' },
    ])
  })

  test('the serial core’s devices between a UART and its terminal are looked through', () => {
    using tree = new Tree()
    tree.device('pci0000:00/0000:00:05.0', { subsystem: 'pci', driver: '8250_pci' })
    tree.device('pci0000:00/0000:00:05.0/0000:00:05.0:0', { subsystem: 'serial-base', driver: 'ctrl' })
    const port = 'pci0000:00/0000:00:05.0/0000:00:05.0:0/0000:00:05.0:0.1'
    tree.device(port, { subsystem: 'serial-base', driver: 'port' })
    tree.tty('ttyS4', '4:68', port, { type: '4' })
    assert.deepEqual(listPorts(tree.places), [
      { path: `${tree.places.dev}/ttyS4`, kind: 'pci', driver: '8250_pci' },
    ])
  })

  test('a UART on a board, from the device tree', () => {
    using tree = new Tree()
    tree.device('platform/soc/fe201000.serial', { subsystem: 'amba', driver: 'uart-pl011' })
    tree.link('sys/devices/platform/soc/fe201000.serial/of_node', tree.places.sys)
    tree.tty('ttyAMA0', '204:64', 'platform/soc/fe201000.serial', { type: '32' })
    assert.deepEqual(listPorts(tree.places), [
      { path: `${tree.places.dev}/ttyAMA0`, kind: 'platform', driver: 'uart-pl011' },
    ])
  })

  test('Bluetooth ports, bound and connected: the radio’s USB facts are not theirs', () => {
    using tree = new Tree()
    tree.tty('rfcomm0', '216:0')
    const radio = 'pci0000:00/0000:00:14.0/usb1/1-7'
    tree.device(radio, { subsystem: 'usb', files: { idVendor: '8087', idProduct: '0a2b' } })
    tree.device(`${radio}/1-7:1.0/bluetooth/hci0/hci0:50`, { subsystem: 'bluetooth' })
    tree.tty('rfcomm1', '216:1', `${radio}/1-7:1.0/bluetooth/hci0/hci0:50`)
    assert.deepEqual(listPorts(tree.places), [
      { path: `${tree.places.dev}/rfcomm0`, kind: 'bluetooth', driver: 'rfcomm' },
      { path: `${tree.places.dev}/rfcomm1`, kind: 'bluetooth', driver: 'rfcomm' },
    ])
  })

  test('the gadget side of a USB cable, and virtual ports of a driver', () => {
    using tree = new Tree()
    tree.device('platform/fe980000.usb/udc/fe980000.usb/gadget.0', {
      subsystem: 'gadget',
      driver: 'configfs-gadget',
    })
    tree.tty('ttyGS0', '236:0', 'platform/fe980000.usb/udc/fe980000.usb/gadget.0')
    tree.tty('tnt0', '240:0')
    assert.deepEqual(listPorts(tree.places), [
      { path: `${tree.places.dev}/tnt0`, kind: 'virtual', driver: 'tntX' },
      { path: `${tree.places.dev}/ttyGS0`, kind: 'gadget', driver: 'configfs-gadget' },
    ])
  })

  test('consoles and the like are no ports', () => {
    using tree = new Tree()
    tree.tty('tty', '5:0')
    tree.tty('tty1', '4:1')
    tree.tty('ttyprintk', '5:3')
    tree.tty('ttyp0', '3:0')
    assert.deepEqual(pathsIn(tree), [])
  })

  test('without /proc, what has a device behind it is a port', () => {
    using tree = new Tree()
    tree.remove('proc')
    tree.usbAdapter('ttyUSB0', '188:0')
    tree.tty('tty1', '4:1')
    assert.deepEqual(pathsIn(tree), ['ttyUSB0'])
  })

  test('the order is that of people, not of characters', () => {
    using tree = new Tree()
    const device = tree.usbAdapter('ttyUSB10', '188:10')
    for (const n of [9, 100, 2]) tree.tty(`ttyUSB${n}`, `188:${n}`, `${device}/1-1.4:1.0/ttyUSB10`)
    assert.deepEqual(pathsIn(tree), ['ttyUSB2', 'ttyUSB9', 'ttyUSB10', 'ttyUSB100'])
  })

  test('a device that says nothing about itself', () => {
    using tree = new Tree()
    tree.usbAdapter('ttyUSB0', '188:0', { idVendor: '1a86', idProduct: '7523', product: '' })
    const { product, serialNumber, ...rest } = listPorts(tree.places)[0] ?? {}
    assert.equal(product ?? serialNumber, undefined)
    assert.deepEqual(Object.keys(rest), [
      'path',
      'kind',
      'driver',
      'vendorId',
      'productId',
      'interface',
      'location',
    ])
  })

  test('a port of the host that this container was not given is not listed', () => {
    using tree = new Tree()
    tree.usbAdapter('ttyUSB0', '188:0')
    tree.remove('dev/ttyUSB0')
    assert.deepEqual(pathsIn(tree), [])
  })

  test('what vanishes while it is looked at is left out, and the rest is there', () => {
    using tree = new Tree()
    tree.link('sys/class/tty/ttyUSB5', '../../devices/gone')
    const device = tree.usbAdapter('ttyUSB0', '188:0')
    tree.tty('rfcomm0', '216:0')

    // The folder goes after it was found, and before its files are read.
    let looks = 0
    const places = {
      ...tree.places,
      get dev() {
        looks += 1
        if (looks === 3) tree.remove(`sys/devices/${device}`)
        return tree.places.dev
      },
    }
    assert.deepEqual(
      listPorts(places).map(({ kind }) => kind),
      ['bluetooth'],
    )
    assert.ok(looks >= 3)
  })

  test('no sysfs, no ports', () => {
    using tree = new Tree()
    assert.deepEqual(listPorts({ ...tree.places, sys: `${tree.root}/nothing` }), [])
  })

  test('facts are absent where there are none, not undefined', () => {
    using tree = new Tree()
    tree.usbAdapter('ttyUSB0', '188:0', { idVendor: ftdi['idVendor'] ?? '' })
    for (const port of listPorts(tree.places))
      assert.ok(Object.values(port).every((fact) => fact !== undefined))
  })
})
