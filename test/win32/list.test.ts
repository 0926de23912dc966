// The list of ports, on the devices that lab/wine puts into the registry (lab/wine/registry.mjs).
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mock, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { list, watch } from '../../src/index.ts'
import type { PortInfo } from '../../src/index.ts'
import { kernel32 } from '../../src/native/win32/index.ts'
import { devicesOnBus } from '../../src/native/win32/listing/device-set.ts'
import { advapi32, setupapi } from '../../src/native/win32/listing/setupapi.ts'
import { needsLab } from '../support/lab.ts'

const comPort = '{86e0d1e0-8089-11d0-9ce4-08003e301f73}'
const modem = '{2c7089aa-2e0e-11d1-b114-00c04fc2aae4}'

/** The ports that the registry of the lab is made for. */
const expected: PortInfo[] = [
  {
    path: 'CNCA0',
    kind: 'virtual',
    driver: 'com0com',
    manufacturer: 'Vyacheslav Frolov',
    product: 'com0com - serial port emulator',
  },
  {
    path: 'COM25',
    kind: 'usb',
    driver: 'silabser',
    vendorId: '10c4',
    productId: 'ea60',
    serialNumber: '0001',
    manufacturer: 'Silicon Laboratories Inc.',
    product: 'CP2102 USB to UART Bridge Controller',
    location: 'Port_#0003.Hub_#0001',
    stablePath: `\\\\?\\usb#vid_10c4&pid_ea60#0001#${comPort}`,
  },
  {
    path: 'COM101',
    kind: 'usb',
    driver: 'FTSER2K',
    vendorId: '0403',
    productId: '6001',
    serialNumber: 'A50285BI',
    manufacturer: 'FTDI',
    product: 'FT232R USB UART',
    location: 'PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(2)',
    stablePath: `\\\\?\\ftdibus#vid_0403+pid_6001+a50285bia#0000#${comPort}`,
  },
  {
    path: 'COM102',
    kind: 'usb',
    driver: 'usbser',
    vendorId: '1d6b',
    productId: '0104',
    serialNumber: 'SN0042',
    product: 'Measuring Board',
    interface: '00',
    location: 'PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(4)#USB(1)',
    stablePath: `\\\\?\\usb#vid_1d6b&pid_0104&mi_00#7&1f2e3d4c&0&0000#${comPort}`,
  },
  {
    path: 'COM104',
    kind: 'usb',
    driver: 'CH341SER_A64',
    vendorId: '1a86',
    productId: '7523',
    manufacturer: 'wch.cn',
    product: 'USB Serial',
    location: 'PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(3)',
  },
  {
    path: 'COM105',
    kind: 'platform',
    driver: 'Serial',
    product: 'Communications Port',
    location: 'ACPI(_SB_)#ACPI(PCI0)#ACPI(LPCB)#ACPI(UAR1)',
    stablePath: `\\\\?\\acpi#pnp0501#1#${comPort}`,
  },
  {
    path: 'COM106',
    kind: 'usb',
    driver: 'Modem',
    vendorId: '1199',
    productId: '9071',
    serialNumber: 'LF5530',
    manufacturer: 'Sierra Wireless Incorporated',
    product: 'Sierra Wireless MC7430',
    interface: '03',
    stablePath: `\\\\?\\usb#vid_1199&pid_9071&mi_03#8&77aa&1&0003#${modem}`,
  },
  {
    path: 'COM107',
    kind: 'bluetooth',
    driver: 'BTHMODEM',
    product: 'Standard Serial over Bluetooth link',
    stablePath: `\\\\?\\bthenum#{00001101-0000-1000-8000-00805f9b34fb}_localmfg&0002#7&2ab3c4d&0&a1b2c3d4e5f6_c00000000#${comPort}`,
  },
  {
    path: 'COM108',
    kind: 'pci',
    driver: 'mxser',
    manufacturer: 'MOXA Inc.',
    product: 'MOXA Port 1',
  },
  {
    path: 'COM109',
    kind: 'usb',
    driver: 'usbser',
    vendorId: '2e8a',
    productId: '000a',
    serialNumber: 'E660583883',
    product: 'USB Serial Device',
    stablePath: `\\\\?\\usb#vid_2e8a&pid_000a#e660583883#${comPort}`,
  },
  {
    path: 'COM110',
    kind: 'usb',
    driver: 'usbser',
    vendorId: '1d6b',
    productId: '0104',
    serialNumber: 'SN0042',
    product: 'Measuring Board',
    interface: '02',
    location: 'PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(4)#USB(1)',
    stablePath: `\\\\?\\usb#vid_1d6b&pid_0104&mi_02#7&1f2e3d4c&0&0002#${comPort}`,
  },
]

/** Lets `done` hear what each call of a function returns. */
function listen(library: object, name: string, done: (result: number) => void) {
  const calls = library as Record<string, (...args: unknown[]) => number>
  const original = calls[name] ?? assert.fail()
  return mock.method(calls, name, (...args: unknown[]) => {
    const result = original(...args)
    done(result)
    return result
  })
}

suite('the list of ports', { skip: needsLab }, () => {
  test('says of each device exactly what there is to say', async () => {
    const names = new Set(expected.map(({ path }) => path))
    const found = await list()
    assert.deepEqual(
      found.filter(({ path }) => names.has(path)),
      expected,
    )
  })

  test('has the ports that only SERIALCOMM names', async () => {
    const found = await list()
    for (const path of ['COM5', 'COM6', 'COM15', 'COM36'])
      assert.deepEqual(
        found.filter((port) => port.path === path),
        [{ path, kind: 'unknown' }],
      )
  })

  test('leaves out the adapter that is not plugged in, the one that does not work, and the printer', async () => {
    const paths = (await list()).map(({ path }) => path)
    for (const path of ['COM120', 'COM121', 'LPT1']) assert.ok(!paths.includes(path), path)
    assert.equal(new Set(paths).size, paths.length)
  })

  test('is in natural order', async () => {
    const numbers = (await list()).flatMap(({ path }) =>
      /^COM\d+$/.test(path) ? [Number(path.slice(3))] : [],
    )
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    )
    assert.ok(numbers.includes(5) && numbers.includes(101))
  })

  test('is looked at again and again by watch()', async () => {
    const key = 'HKLM\\HARDWARE\\DEVICEMAP\\SERIALCOMM'
    const reg = (...args: string[]) => assert.equal(spawnSync('reg.exe', args).status, 0)
    const port = { path: 'COM200', kind: 'unknown' }
    const changes = watch({ signal: AbortSignal.timeout(30_000) })
    // Else it may be in the first listing already.
    await sleep(200)
    reg('add', key, '/v', '\\Device\\Test0', '/d', port.path, '/f')
    assert.deepEqual((await changes.next()).value, { type: 'added', port })
    reg('delete', key, '/v', '\\Device\\Test0', '/f')
    assert.deepEqual((await changes.next()).value, { type: 'removed', port })
    await changes.return?.()
  })

  test('a machine need not have a bus', () => {
    assert.deepEqual(
      devicesOnBus('NOSUCHBUS', () => true),
      [],
    )
    assert.ok(devicesOnBus('USB', () => true).length > 5)
  })

  test('opens no port, and closes whatever else it opens', async () => {
    await list()
    let [opened, closed, ports] = [0, 0, 0]
    const handle = (result: number) => (opened += result === -1 ? 0 : 1)
    const spies = [
      listen(setupapi, 'SetupDiGetClassDevsW', handle),
      listen(setupapi, 'SetupDiCreateDeviceInfoList', handle),
      listen(setupapi, 'SetupDiOpenDevRegKey', handle),
      listen(advapi32, 'RegOpenKeyExW', (error) => (opened += error === 0 ? 1 : 0)),
      listen(setupapi, 'SetupDiDestroyDeviceInfoList', () => closed++),
      listen(advapi32, 'RegCloseKey', () => closed++),
      listen(kernel32, 'CreateFileW', () => ports++),
    ]
    try {
      await list()
    } finally {
      for (const spy of spies) spy.mock.restore()
    }
    assert.ok(opened > 20, `${opened}`)
    assert.equal(closed, opened)
    assert.equal(ports, 0)
  })
})
