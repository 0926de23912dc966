/** A message about a device, from the kernel or from udev. */
export interface Uevent {
  readonly from: 'kernel' | 'udev'
  /** `add`, `remove`, and others. */
  readonly action: string
  /** `tty`, and all the others. */
  readonly subsystem: string
  /** The node's name below /dev; absent for what has none. */
  readonly name: string | undefined
}

/** What udev's messages begin with, and the number that follows, in network order. Source: systemd, device-monitor.c. */
const udevPrefix = Buffer.from('libudev\0')
const udevMagic = 0xfeedcafe
const propertiesAt = 16

/**
 * Reads one message; undefined for what is none. The kernel's begins with `action@path`, udev's with a header of its own;
 * `KEY=value` follow in both, each with a NUL behind it. Source: Linux, lib/kobject_uevent.c.
 */
export function parseUevent(message: Buffer): Uevent | undefined {
  const isUdev = message.subarray(0, udevPrefix.length).equals(udevPrefix)
  if (isUdev && (message.length < 24 || message.readUInt32BE(8) !== udevMagic)) return undefined
  const start = isUdev ? message.readUInt32LE(propertiesAt) : message.indexOf(0) + 1
  if (start === 0 || start > message.length) return undefined

  const texts = message.toString('utf8', start).split('\0')
  const values = new Map(texts.map((text) => [text.slice(0, text.indexOf('=')), text]))
  const valueOf = (key: string): string | undefined => values.get(key)?.slice(key.length + 1)
  const action = valueOf('ACTION')
  const subsystem = valueOf('SUBSYSTEM')
  if (action === undefined || subsystem === undefined) return undefined
  const name = valueOf('DEVNAME')?.replace(/^\/dev\//, '')
  return { from: isUdev ? 'udev' : 'kernel', action, subsystem, name }
}
