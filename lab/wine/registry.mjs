// Devices for the registry of the prefix, where Wine's SetupAPI looks for them: what a Windows machine has there with such
// adapters plugged in. The tests of the list know what must be made of each.

const classes = {
  Ports: '{4d36e978-e325-11ce-bfc1-08002be10318}',
  Modem: '{4d36e96d-e325-11ce-bfc1-08002be10318}',
  MultiportSerial: '{50906cb8-ba12-11d1-bf5d-0000f805f530}',
  USB: '{36fc9e60-c465-11cf-8056-444553540000}',
  USBDevice: '{88bae032-5a81-49f0-bc3d-a4ff138216d6}',
  System: '{4d36e97d-e325-11ce-bfc1-08002be10318}',
}

const interfaces = {
  comPort: '{86e0d1e0-8089-11d0-9ce4-08003e301f73}',
  modem: '{2c7089aa-2e0e-11d1-b114-00c04fc2aae4}',
}

/** Where Wine keeps a property, and of which type it is: 12 a string, 2012 a list of strings, 11 a boolean, 7 a number. */
const properties = {
  reported: ['{540b947e-8b40-45bc-a8a2-6a0b894cbda2}\\0004', '12'],
  present: ['{540b947e-8b40-45bc-a8a2-6a0b894cbda2}\\0005', '11'],
  problem: ['{4340a6c5-93fa-4706-972c-7b648008a5a7}\\0003', '7'],
  parent: ['{4340a6c5-93fa-4706-972c-7b648008a5a7}\\0008', '12'],
  places: ['{a45c254e-df1c-4efd-8020-67d146a850e0}\\0025', '2012'],
}

const socket = 'PCIROOT(0)#PCI(1400)#USBROOT(0)'

/** By instance id. `port` is the port's name, `interface` the class of its device interface. */
const devices = {
  // An FT232R: the USB device, and the port on a bus of the driver's own.
  'USB\\VID_0403&PID_6001\\A50285BI': {
    class: 'USB',
    description: '@oem12.inf,%usb%;USB Serial Converter',
    manufacturer: '@oem12.inf,%ftdi%;FTDI',
    service: 'FTDIBUS',
    location: 'Port_#0002.Hub_#0001',
    reported: 'FT232R USB UART',
    parent: 'USB\\ROOT_HUB30\\4&1A2B3C&0&0',
    places: [`${socket}#USB(2)`, 'ACPI(_SB_)#ACPI(PCI0)#ACPI(XHC_)#ACPI(RHUB)#ACPI(HS02)'],
  },
  'FTDIBUS\\VID_0403+PID_6001+A50285BIA\\0000': {
    class: 'Ports',
    port: 'COM101',
    interface: 'comPort',
    friendly: 'An adapter that somebody named (COM999)',
    description: '@oem11.inf,%port%;USB Serial Port',
    manufacturer: '@oem11.inf,%ftdi%;FTDI',
    service: 'FTSER2K',
    parent: 'USB\\VID_0403&PID_6001\\A50285BI',
  },

  // A board with two CDC-ACM functions: the serial number is the parent's.
  'USB\\VID_1D6B&PID_0104\\SN0042': {
    class: 'USB',
    description: 'USB Composite Device',
    manufacturer: '(Standard USB Host Controller)',
    service: 'usbccgp',
    reported: 'Measuring Board',
    parent: 'USB\\VID_05E3&PID_0610\\5&3C4D5E6F&0&4',
    places: [`${socket}#USB(4)#USB(1)`],
  },
  'USB\\VID_1D6B&PID_0104&MI_00\\7&1F2E3D4C&0&0000': {
    class: 'Ports',
    port: 'COM102',
    interface: 'comPort',
    description: '@usbser.inf,%name%;USB Serial Device',
    manufacturer: '@usbser.inf,%ms%;Microsoft',
    service: 'usbser',
    reported: 'Console',
    parent: 'USB\\VID_1D6B&PID_0104\\SN0042',
    places: [`${socket}#USB(4)#USB(1)#USBMI(0)`],
  },
  'USB\\VID_1D6B&PID_0104&MI_02\\7&1F2E3D4C&0&0002': {
    class: 'Ports',
    port: 'COM110',
    interface: 'comPort',
    description: '@usbser.inf,%name%;USB Serial Device',
    manufacturer: '@usbser.inf,%ms%;Microsoft',
    service: 'usbser',
    reported: 'Data',
    parent: 'USB\\VID_1D6B&PID_0104\\SN0042',
    places: [`${socket}#USB(4)#USB(1)#USBMI(2)`],
  },

  // A CP2102 under the name of a port that the lab has, too, so that it is in SERIALCOMM as well.
  'USB\\VID_10C4&PID_EA60\\0001': {
    class: 'Ports',
    port: 'COM25',
    interface: 'comPort',
    description: 'Silicon Labs CP210x USB to UART Bridge',
    manufacturer: 'Silicon Laboratories Inc.',
    service: 'silabser',
    location: 'Port_#0003.Hub_#0001',
    reported: 'CP2102 USB to UART Bridge Controller',
    parent: 'USB\\ROOT_HUB30\\4&1A2B3C&0&0',
  },

  // A CH340 has no serial number.
  'USB\\VID_1A86&PID_7523\\6&2A9B8F4&0&3': {
    class: 'Ports',
    port: 'COM104',
    description: 'USB-SERIAL CH340',
    manufacturer: 'wch.cn',
    service: 'CH341SER_A64',
    reported: 'USB Serial',
    places: [`${socket}#USB(3)`],
  },

  // The UART of a PC, and the printer port, which is of the same class.
  'ACPI\\PNP0501\\1': {
    class: 'Ports',
    port: 'COM105',
    interface: 'comPort',
    description: '@msports.inf,%pnp0501%;Communications Port',
    manufacturer: '@msports.inf,%std%;(Standard port types)',
    service: 'Serial',
    parent: 'PCI\\VEN_8086&DEV_A30E\\3&11583659&0&F8',
    places: ['ACPI(_SB_)#ACPI(PCI0)#ACPI(LPCB)#ACPI(UAR1)'],
  },
  'ACPI\\PNP0401\\4': { class: 'Ports', port: 'LPT1', description: 'Printer Port', service: 'Parport' },

  // A mobile modem.
  'USB\\VID_1199&PID_9071\\LF5530': { class: 'USB', service: 'usbccgp', reported: 'Sierra Wireless MC7430' },
  'USB\\VID_1199&PID_9071&MI_03\\8&77AA&1&0003': {
    class: 'Modem',
    port: 'COM106',
    interface: 'modem',
    description: 'Sierra Wireless Modem',
    manufacturer: 'Sierra Wireless Incorporated',
    service: 'Modem',
    parent: 'USB\\VID_1199&PID_9071\\LF5530',
  },

  // The port of a paired Bluetooth device; the radio is on USB.
  'USB\\VID_8087&PID_0A2B\\5&1BC2&0&7': { class: 'USB', service: 'BTHUSB', reported: 'Radio' },
  'BTH\\MS_RFCOMM\\6&9F8E7D&0&0': { class: 'System', parent: 'USB\\VID_8087&PID_0A2B\\5&1BC2&0&7' },
  'BTHENUM\\{00001101-0000-1000-8000-00805F9B34FB}_LOCALMFG&0002\\7&2AB3C4D&0&A1B2C3D4E5F6_C00000000': {
    class: 'Ports',
    port: 'COM107',
    interface: 'comPort',
    description: 'Standard Serial over Bluetooth link',
    manufacturer: 'Microsoft',
    service: 'BTHMODEM',
    parent: 'BTH\\MS_RFCOMM\\6&9F8E7D&0&0',
    places: [`${socket}#USB(7)`],
  },

  // A card with many ports, which its driver puts on a bus of its own.
  'PCI\\VEN_1393&DEV_1168&SUBSYS_11681393&REV_01\\4&A1B2&0&00E4': {
    class: 'MultiportSerial',
    description: 'MOXA CP-168EL-A Series',
    service: 'mxesf',
  },
  'MXESER\\PORT\\5&C3D4&0&0001': {
    class: 'Ports',
    port: 'COM108',
    description: 'MOXA Port 1',
    manufacturer: 'MOXA Inc.',
    service: 'mxser',
    parent: 'PCI\\VEN_1393&DEV_1168&SUBSYS_11681393&REV_01\\4&A1B2&0&00E4',
  },

  // A virtual port with a name of its own, and a port that only its interface gives away.
  'ROOT\\COM0COM\\0000': { class: 'System', service: 'com0com' },
  'COM0COM\\PORT\\CNCA0': {
    class: 'Ports',
    port: 'CNCA0',
    description: 'com0com - serial port emulator',
    manufacturer: 'Vyacheslav Frolov',
    service: 'com0com',
    parent: 'ROOT\\COM0COM\\0000',
  },
  'USB\\VID_2E8A&PID_000A\\E660583883': {
    class: 'USBDevice',
    port: 'COM109',
    interface: 'comPort',
    description: 'USB Serial Device',
    service: 'usbser',
  },

  // Not plugged in, not working, and without a driver.
  'FTDIBUS\\VID_0403+PID_6015+DT03ABCDA\\0000': {
    class: 'Ports',
    port: 'COM120',
    interface: 'comPort',
    description: 'USB Serial Port',
    manufacturer: 'FTDI',
    service: 'FTSER2K',
    present: false,
  },
  'USB\\VID_067B&PID_2303\\5&4D5E&0&1': {
    class: 'Ports',
    port: 'COM121',
    description: 'Prolific USB-to-Serial Comm Port',
    manufacturer: 'Prolific',
    service: 'Ser2pl',
    problem: 10,
  },
  'USB\\VID_1A86&PID_55D4\\51E2B3': { class: 'USB', reported: 'USB Single Serial', problem: 28 },
}

const quoted = (text) => `"${text.replaceAll('\\', '\\\\')}"`
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',')

function encoded(value) {
  if (value === false) return hex([0])
  if (typeof value === 'number') return hex(Buffer.from(Uint32Array.of(value).buffer))
  // A list is ended by an empty string.
  const text = Array.isArray(value) ? `${value.join('\0')}\0\0` : `${value}\0`
  return hex(Buffer.from(text, 'utf16le'))
}

/** A key with its values. A name that is '' stands for the key's own value. */
function key(path, values) {
  const lines = Object.entries(values).map(([name, value]) => `${name ? quoted(name) : '@'}=${value}`)
  return [`[HKEY_LOCAL_MACHINE\\${path}]`, ...lines, '']
}

const system = 'System\\CurrentControlSet'

function deviceKeys(id, device) {
  const home = `${system}\\Enum\\${id}`
  const texts = {
    ClassGUID: classes[device.class],
    Class: device.class,
    DeviceDesc: device.description,
    FriendlyName: device.friendly ?? device.description,
    Mfg: device.manufacturer,
    Service: device.service,
    LocationInformation: device.location,
  }
  const known = Object.entries(texts).filter(([, text]) => text !== undefined)
  const keys = key(home, Object.fromEntries(known.map(([name, text]) => [name, quoted(text)])))
  if (device.port) keys.push(...key(`${home}\\Device Parameters`, { PortName: quoted(device.port) }))
  for (const [name, [place, type]] of Object.entries(properties)) {
    if (device[name] === undefined) continue
    // Wine marks the type of a property so.
    const value = `hex(ffff${type.padStart(4, '0')}):${encoded(device[name])}`
    keys.push(...key(`${home}\\Properties\\${place}`, { '': value }))
  }
  return device.interface ? [...keys, ...interfaceKeys(id, interfaces[device.interface])] : keys
}

function interfaceKeys(id, guid) {
  const name = `${id.replaceAll('\\', '#')}#${guid}`
  const home = `${system}\\Control\\DeviceClasses\\${guid}\\##?#${name}`
  return [
    ...key(home, { DeviceInstance: quoted(id) }),
    ...key(`${home}\\#`, { SymbolicLink: quoted(`\\\\?\\${name}`) }),
    ...key(`${home}\\#\\Control`, { Linked: 'dword:00000001' }),
  ]
}

/** What regedit reads. */
export function registryFile() {
  const keys = Object.entries(devices).flatMap(([id, device]) => deviceKeys(id, device))
  return ['Windows Registry Editor Version 5.00', '', ...keys].join('\r\n')
}
