import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Places } from '../../../src/native/linux/places.ts'

/** Why a test of links and device nodes can't run here. */
export const linuxOnly: false | string = process.platform === 'linux' ? false : 'needs Linux'

interface Device {
  readonly subsystem: string
  readonly driver?: string
  readonly files?: Readonly<Record<string, string>>
}

/** What each driver line of the trees below says; `fake` serves /dev/null, which stands in for the devices. */
const drivers = [
  'fake                 /dev/fake       1     3 serial',
  '/dev/tty             /dev/tty        5       0 system:/dev/tty',
  'serial               /dev/ttyS       4 64-111 serial',
  'usbserial            /dev/ttyUSB   188 0-511 serial',
  'acm                  /dev/ttyACM   166 0-255 serial',
  'g_serial             /dev/ttyGS    236 0-7 serial',
  'rfcomm               /dev/rfcomm   216 0-255 serial',
  'ttyAMA               /dev/ttyAMA   204 64-77 serial',
  'tntX                 /dev/tnt      240 0-7 serial',
  'pty_slave            /dev/pts      136 0-1048575 pty:slave',
  'unknown              /dev/tty        4 1-63 console',
]

/** The parts of /sys, /proc and /dev that are looked at, in a folder of their own. */
export class Tree {
  readonly root: string = realpathSync(mkdtempSync(join(tmpdir(), 'baud-tree-')))
  readonly places: Places = {
    dev: this.#at('dev'),
    sys: this.#at('sys'),
    proc: this.#at('proc'),
    etc: this.#at('etc'),
    locks: this.#at('lock'),
    udev: this.#at('udev'),
  }

  constructor() {
    this.file('proc/tty/drivers', `${drivers.join('\n')}\n`)
    this.file('etc/group', 'root:x:0:\ndialout:x:20:ada,grace\n')
  }

  #at(path: string): string {
    return join(this.root, path)
  }

  file(path: string, text: string): void {
    mkdirSync(dirname(this.#at(path)), { recursive: true })
    writeFileSync(this.#at(path), text)
  }

  link(path: string, target: string): void {
    mkdirSync(dirname(this.#at(path)), { recursive: true })
    symlinkSync(target, this.#at(path))
  }

  remove(path: string): void {
    rmSync(this.#at(path), { recursive: true })
  }

  /** A device below /sys/devices. */
  device(folder: string, { driver, files = {}, subsystem }: Device): void {
    const bus = this.#at(`sys/bus/${subsystem}`)
    mkdirSync(`${bus}/drivers/${driver ?? ''}`, { recursive: true })
    mkdirSync(this.#at(`sys/devices/${folder}`), { recursive: true })
    this.link(`sys/devices/${folder}/subsystem`, bus)
    if (driver !== undefined) this.link(`sys/devices/${folder}/driver`, `${bus}/drivers/${driver}`)
    for (const [name, text] of Object.entries(files)) this.file(`sys/devices/${folder}/${name}`, `${text}\n`)
  }

  /** A terminal with this device number (`188:0`) on a device, or on none; with its node. */
  tty(name: string, number: string, device?: string, files: Readonly<Record<string, string>> = {}): void {
    const folder =
      device === undefined ? `sys/devices/virtual/tty/${name}` : `sys/devices/${device}/tty/${name}`
    this.file(`${folder}/dev`, `${number}\n`)
    for (const [file, text] of Object.entries(files)) this.file(`${folder}/${file}`, `${text}\n`)
    if (device !== undefined) this.link(`${folder}/device`, this.#at(`sys/devices/${device}`))
    this.link(`sys/class/tty/${name}`, this.#at(folder))
    this.node(name)
    // Nodes of one number are one device; the first to come gets the link.
    try {
      this.link(`sys/dev/char/${number}`, this.#at(folder))
    } catch {
      return
    }
  }

  /** A node in /dev: a real character device, which everybody has. */
  node(name: string): void {
    this.link(`dev/${name}`, '/dev/null')
  }

  process(
    pid: number,
    command: string,
    words: readonly string[] = [command],
    open: readonly string[] = [],
  ): void {
    this.file(`proc/${pid}/comm`, `${command}\n`)
    this.file(`proc/${pid}/cmdline`, words.map((word) => `${word}\0`).join(''))
    for (const [fd, path] of open.entries()) this.link(`proc/${pid}/fd/${fd}`, path)
  }

  /** A USB adapter with one port. */
  usbAdapter(name: string, number: string, files: Readonly<Record<string, string>> = ftdi): string {
    const device = `pci0000:00/0000:00:14.0/usb1/1-1/1-1.4`
    this.device(device, { subsystem: 'usb', driver: 'usb', files })
    this.device(`${device}/1-1.4:1.0`, {
      subsystem: 'usb',
      driver: 'ftdi_sio',
      files: { bInterfaceNumber: '00' },
    })
    this.device(`${device}/1-1.4:1.0/${name}`, { subsystem: 'usb-serial', driver: 'ftdi_sio' })
    this.tty(name, number, `${device}/1-1.4:1.0/${name}`)
    return device
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

export const ftdi: Readonly<Record<string, string>> = {
  idVendor: '0403',
  idProduct: '6001',
  serial: 'A5028QWE',
  manufacturer: 'FTDI',
  product: 'FT232R USB UART',
  dev: '189:7',
}
