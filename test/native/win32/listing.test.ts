// How the list of ports of Windows is made, out of what the system says: all that needs no Windows.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { climb, describe } from '../../../src/native/win32/listing/describe.ts'
import type { DeviceFacts, PortDevice } from '../../../src/native/win32/listing/device-facts.ts'
import { grown } from '../../../src/native/win32/listing/grown.ts'
import { busOf, ftdiId, usbId } from '../../../src/native/win32/listing/instance-id.ts'
import { guid, DEVPKEY_Device_Parent } from '../../../src/native/win32/listing/keys.ts'
import { isPrinterPort, mergePorts } from '../../../src/native/win32/listing/merge.ts'
import { wideString, wideStrings, withoutReference } from '../../../src/native/win32/listing/text.ts'

const wide = (text: string) => Buffer.from(text, 'utf16le')

/** A device that is there and works. */
function device(instanceId: string, facts: Partial<DeviceFacts> = {}): DeviceFacts {
  return { instanceId, present: true, problem: 0, ...facts }
}

/** A port that hangs on these, the nearest first. */
function port(instanceId: string, facts: Partial<PortDevice> = {}, above: DeviceFacts[] = []): PortDevice {
  return { ...device(instanceId), portName: 'COM7', ancestors: above, ...facts }
}

suite('instance ids', () => {
  test('of USB devices, with and without a serial number', () => {
    const ids = { vendorId: '10c4', productId: 'ea60' }
    assert.deepEqual(usbId('USB\\VID_10C4&PID_EA60\\0001'), { ...ids, serialNumber: '0001' })
    assert.deepEqual(usbId('usb\\vid_10c4&pid_ea60\\ab-C d'), { ...ids, serialNumber: 'ab-C d' })
    for (const madeUp of ['5&3A1B2C&0&3', '6&2a9b8f4&0&0000', '7&1F&1']) {
      assert.deepEqual(usbId(`USB\\VID_10C4&PID_EA60\\${madeUp}`), ids)
    }
    assert.deepEqual(usbId('USB\\VID_10C4&PID_EA60&REV_0100\\R&D'), { ...ids, serialNumber: 'R&D' })
  })

  test('of the functions of a composite device: what stands there is no serial number', () => {
    const ids = { vendorId: '2341', productId: '8036', interface: '0a' }
    assert.deepEqual(usbId('USB\\VID_2341&PID_8036&MI_0A\\6&1A2B3C4&0&0002'), ids)
    assert.deepEqual(usbId('USB\\VID_2341&PID_8036&REV_0100&MI_0A\\NUMBER'), ids)
  })

  test('of what is not a USB device', () => {
    for (const id of [
      'USB\\ROOT_HUB30\\4&1A2B&0&0',
      'ACPI\\PNP0501\\1',
      'USB\\VID_10C4&PID_EA60',
      '',
      '\\',
    ]) {
      assert.equal(usbId(id), undefined, id)
      assert.equal(ftdiId(id), undefined, id)
    }
  })

  test('of ports on the bus of FTDI’s driver: the letter of the port is not part of the serial number', () => {
    const ids = { vendorId: '0403', productId: '6010' }
    assert.deepEqual(ftdiId('FTDIBUS\\VID_0403+PID_6010+FT7ABCDB\\0000'), { ...ids, serialNumber: 'FT7ABCD' })
    assert.deepEqual(ftdiId('FTDIBUS\\VID_0403+PID_6010+6&10331569&0&2&1\\0000'), ids)
    assert.deepEqual(ftdiId('FTDIBUS\\VID_0403+PID_6010\\0000'), ids)
  })

  test('tell the bus', () => {
    const buses = {
      'USB\\VID_10C4&PID_EA60\\0001': 'usb',
      'ACPI\\PNP0501\\1': 'platform',
      'PCI\\VEN_1393&DEV_1168\\4&A1B2&0&00E4': 'pci',
      'BTHENUM\\{00001101-0000-1000-8000-00805F9B34FB}_LOCALMFG&0000\\7&2AB&0&0': 'bluetooth',
      'root\\com0com\\0000': 'virtual',
      'FTDIBUS\\VID_0403+PID_6001+A\\0000': undefined,
      'USB\\ROOT_HUB30\\4&1A2B&0&0': undefined,
      'constructor\\x': undefined,
    }
    for (const [id, bus] of Object.entries(buses)) assert.equal(busOf(id), bus, id)
  })
})

suite('what buffers hold', () => {
  test('strings, with and without their NUL, and what lies behind it', () => {
    assert.equal(wideString(wide('COM5\0')), 'COM5')
    assert.equal(wideString(wide('COM5')), 'COM5')
    assert.equal(wideString(wide('COM5\0rest\0')), 'COM5')
    assert.equal(wideString(wide('')), '')
    assert.equal(wideString(wide('Mäß ½ 測定\0')), 'Mäß ½ 測定')
    // From the middle of memory that holds other things.
    assert.equal(wideString(wide('xxCOM5\0').subarray(4)), 'COM5')
  })

  test('lists of strings', () => {
    assert.deepEqual(wideStrings(wide('one\0two\0\0')), ['one', 'two'])
    assert.deepEqual(wideStrings(wide('one\0two\0\0rubbish\0')), ['one', 'two'])
    assert.deepEqual(wideStrings(wide('one\0two')), ['one', 'two'])
    assert.deepEqual(wideStrings(wide('\0\0')), [])
    assert.deepEqual(wideStrings(wide('')), [])
  })

  test('texts that nobody has put into the user’s language', () => {
    assert.equal(withoutReference('@oem12.inf,%ftdi%;FTDI'), 'FTDI')
    assert.equal(withoutReference('@x.inf,%a%;one; two'), 'one; two')
    assert.equal(withoutReference('FTDI; @home'), 'FTDI; @home')
  })

  test('GUIDs and keys lie as in memory', () => {
    assert.equal(
      Buffer.from(guid('86e0d1e0-8089-11d0-9ce4-08003e301f73')).toString('hex'),
      'e0d1e0868980d0119ce408003e301f73',
    )
    assert.equal(
      Buffer.from(DEVPKEY_Device_Parent).toString('hex'),
      'c5a64043fa930647972c7b648008a5a708000000',
    )
  })

  test('a buffer grows until the answer fits, and not for ever', () => {
    const sizes: number[] = []
    const answer = grown((buffer) => {
      sizes.push(buffer.byteLength)
      // The answer grows between two calls.
      const needs = sizes.length === 1 ? 700 : 1500
      if (buffer.byteLength < needs) return { needs }
      buffer.fill(7, 0, needs)
      return { length: needs }
    })
    assert.equal(answer?.length, 1500)
    assert.ok(answer.every((byte) => byte === 7))
    assert.deepEqual(sizes, [512, 1024, 2048])
    assert.equal(
      grown(() => undefined),
      undefined,
    )
    assert.equal(
      grown(({ byteLength }) => ({ needs: byteLength })),
      undefined,
    )
    assert.equal(
      grown(() => ({ needs: 0 })),
      undefined,
    )
  })
})

suite('a port’s facts', () => {
  const radio = device('USB\\VID_8087&PID_0A2B\\5&1BC2&0&7', { reported: 'Radio', locationPath: 'USB(7)' })

  test('are sought up to where the bus is known, and above a function', () => {
    const above: Record<string, DeviceFacts> = {
      'USB\\VID_0403&PID_6010&MI_01\\7&2CE5&0&0001': device('USB\\VID_0403&PID_6010&MI_01\\7&2CE5&0&0001', {
        parent: 'USB\\VID_0403&PID_6010\\FT7ABCD',
      }),
      'USB\\VID_0403&PID_6010\\FT7ABCD': device('USB\\VID_0403&PID_6010\\FT7ABCD', {
        parent: 'USB\\ROOT_HUB30\\4&1',
      }),
    }
    const read = (id: string) => above[id] ?? assert.fail(`nobody asked for ${id}`)
    const parent = 'USB\\VID_0403&PID_6010&MI_01\\7&2CE5&0&0001'
    const found = climb(device('FTDIBUS\\VID_0403+PID_6010+FT7ABCDB\\0000', { parent }), read)
    assert.deepEqual(
      found.map(({ instanceId }) => instanceId),
      Object.keys(above),
    )
    assert.deepEqual(climb(device('ACPI\\PNP0501\\1', { parent: 'PCI\\x\\y' }), read), [])
  })

  test('a tree that runs in a circle comes to an end', () => {
    const read = (id: string) => device(id, { parent: 'ODD\\A\\1' })
    assert.ok(climb(device('ODD\\A\\1', { parent: 'ODD\\A\\1' }), read).length < 100)
  })

  test('the second port of an FT2232: number, name and place are the device’s, the interface its own', () => {
    const chain = [
      device('USB\\VID_0403&PID_6010&MI_01\\7&2CE5&0&0001', {
        reported: 'Dual RS232 B',
        locationPath: 'far',
      }),
      device('USB\\VID_0403&PID_6010\\FT7ABCD', { reported: 'Dual RS232', locationPath: 'USB(2)' }),
    ]
    const facts = { service: 'FTSER2K', manufacturer: 'FTDI', description: 'USB Serial Port' }
    assert.deepEqual(describe(port('FTDIBUS\\VID_0403+PID_6010+FT7ABCDB\\0000', facts, chain)), {
      path: 'COM7',
      kind: 'usb',
      driver: 'FTSER2K',
      vendorId: '0403',
      productId: '6010',
      serialNumber: 'FT7ABCD',
      manufacturer: 'FTDI',
      product: 'Dual RS232',
      interface: '01',
      location: 'USB(2)',
    })
  })

  test('the same when nothing is known above it', () => {
    const info = describe(port('FTDIBUS\\VID_0403+PID_6010+FT7ABCDB\\0000'))
    assert.deepEqual(info, {
      path: 'COM7',
      kind: 'usb',
      vendorId: '0403',
      productId: '6010',
      serialNumber: 'FT7ABCD',
    })
  })

  test('a function below a hub has no device: the hub’s number and name are not its own', () => {
    const hub = device('USB\\VID_05E3&PID_0610\\HUB1', { reported: 'Hub', locationPath: 'USB(1)' })
    const info = describe(port('USB\\VID_1D6B&PID_0104&MI_02\\7&1F2E&0&0002', { reported: 'Data' }, [hub]))
    assert.deepEqual(info, {
      path: 'COM7',
      kind: 'usb',
      vendorId: '1d6b',
      productId: '0104',
      product: 'Data',
      interface: '02',
    })
  })

  test('a Bluetooth port has nothing of the radio', () => {
    const facts = { description: 'Standard Serial over Bluetooth link', locationPath: 'USB(7)' }
    const info = describe(port('BTHENUM\\{00001101}_LOCALMFG&0\\7&2AB&0&0', facts, [radio]))
    assert.deepEqual(info, {
      path: 'COM7',
      kind: 'bluetooth',
      product: 'Standard Serial over Bluetooth link',
    })
  })

  test('who made a driver that serves any device did not make this one', () => {
    for (const manufacturer of ['Microsoft', '(Standard port types)', '(Standardanschlusstypen)'])
      assert.equal(describe(port('ACPI\\PNP0501\\1', { manufacturer })).manufacturer, undefined)
    assert.equal(describe(port('ACPI\\PNP0501\\1', { manufacturer: 'FTDI' })).manufacturer, 'FTDI')
  })

  test('a bus that nobody knows', () => {
    assert.equal(describe(port('ODD\\PORT\\1')).kind, 'unknown')
  })
})

suite('the list', () => {
  const id = 'ACPI\\PNP0501\\1'
  const paths = (devices: PortDevice[], noted: string[]) => mergePorts(devices, noted).map(({ path }) => path)

  test('is in the order of people', () => {
    assert.deepEqual(
      paths([port(id, { portName: 'COM10' }), port(id, { portName: 'COM9' })], ['COM100', 'COM2']),
      ['COM2', 'COM9', 'COM10', 'COM100'],
    )
  })

  test('has a name once, and then what the device tree says of it', () => {
    const [only, ...others] = mergePorts([port(id), port('USB\\VID_1\\x')], ['com7', 'COM7'])
    assert.deepEqual(others, [])
    assert.deepEqual(only, { path: 'COM7', kind: 'platform' })
  })

  test('has a name that only the registry knows', () => {
    assert.deepEqual(mergePorts([], ['COM3']), [{ path: 'COM3', kind: 'unknown' }])
  })

  test('leaves out what is not plugged in, and what does not work', () => {
    assert.deepEqual(paths([port(id, { present: false })], []), [])
    assert.deepEqual(paths([port(id, { problem: 22 })], []), [])
  })

  test('is one of serial ports', () => {
    for (const name of ['LPT1', 'lpt12']) assert.ok(isPrinterPort(name))
    for (const name of ['COM1', 'LPTX', 'ALPT1', 'CNCA0']) assert.ok(!isPrinterPort(name))
  })
})
