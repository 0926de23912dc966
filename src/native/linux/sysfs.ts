import { basename, dirname } from 'node:path'
import { targetOf, textOf } from './places.ts'
import type { Places } from './places.ts'
import { driverOf } from './tty-drivers.ts'
import type { TtyDriver } from './tty-drivers.ts'

/**
 * A terminal as the kernel shows it: /sys/class/tty has one for each that could be opened, except for pseudo-terminals.
 * Source: Linux, Documentation/ABI/testing/sysfs-tty and Documentation/admin-guide/sysfs-rules.
 */
export interface KernelTty {
  readonly name: string
  /** Its node, whether there is one or not. */
  readonly path: string
  /** Its folder below /sys/devices. */
  readonly folder: string
  /** The folder of the device behind it, if there is any. */
  readonly device: string | undefined
  readonly driver: TtyDriver | undefined
}

export function kernelTty(
  name: string,
  places: Places,
  drivers: readonly TtyDriver[],
): KernelTty | undefined {
  const folder = targetOf(`${places.sys}/class/tty/${name}`)
  if (folder === undefined) return undefined
  const [major, minor] = (textOf(`${folder}/dev`) ?? '').split(':').map(Number)
  return {
    name,
    // A folder in the node's name is written with an exclamation mark.
    path: `${places.dev}/${name.replaceAll('!', '/')}`,
    folder,
    device: targetOf(`${folder}/device`),
    driver: major === undefined || minor === undefined ? undefined : driverOf(drivers, major, minor),
  }
}

/** Serial ports, as against consoles and the like. A Bluetooth port or a virtual one has no device behind it. */
export function isSerialPort(tty: KernelTty): boolean {
  return tty.driver === undefined ? tty.device !== undefined : tty.driver.type === 'serial'
}

/**
 * A PC has `ttyS0` to `ttyS3` whether there is a UART or not; the driver then calls its type unknown, which is 0.
 * Source: include/uapi/linux/serial.h, PORT_UNKNOWN.
 */
export function lacksHardware(tty: KernelTty): boolean {
  return textOf(`${tty.folder}/type`) === '0'
}

/** What a link in a device's folder leads to, without the folders: its driver, its subsystem. */
export function linkedName(folder: string, link: 'driver' | 'subsystem'): string | undefined {
  const target = targetOf(`${folder}/${link}`)
  return target === undefined ? undefined : basename(target)
}

/**
 * The device that does the work. Since Linux 6.5 a UART has two devices of the serial core between itself and its
 * terminals. Source: Linux, drivers/tty/serial/serial_base_bus.c.
 */
export function hardwareOf(device: string): string {
  let folder = device
  while (linkedName(folder, 'subsystem') === 'serial-base') folder = dirname(folder)
  return folder
}

/** The nearest folder, from this device outwards, that has such a file. */
export function nearestWith(file: string, device: string): string | undefined {
  for (let folder = device; dirname(folder) !== folder; folder = dirname(folder)) {
    if (textOf(`${folder}/${file}`) !== undefined) return folder
  }
  return undefined
}
