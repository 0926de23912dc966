import { existsSync } from 'node:fs'
import type { PortHint, PortWatch } from '../contract.ts'
import { rescanning } from '../rescanning.ts'
import { UeventSocket } from './netlink.ts'
import { systemPlaces } from './places.ts'
import { parseUevent } from './uevent.ts'
import type { Uevent } from './uevent.ts'

/**
 * How often the socket is asked (ms): one call that returns at once. The event loop can't wait for a netlink socket, and
 * a thread that did would cost more.
 */
const lookEvery = 50

/** udev has set a node's permissions and made its links when it sends its own message; where that never comes, after so long (ms). */
const udevPatience = 3000

/**
 * Tells of terminals that come and go by the kernel's own messages: of one that goes at once, of one that comes when
 * udev has done its part, where there is a udev. Source: netlink(7), NETLINK_KOBJECT_UEVENT.
 */
export function watchPorts(tell: (hint?: PortHint) => void): PortWatch {
  const socket = UeventSocket.open()
  if (socket === undefined) return rescanning(tell)
  const arrivals = new Arrivals(tell)
  const timer = setInterval(() => {
    for (let message = socket.next(); message !== undefined; message = socket.next()) {
      if (message === 'lost') tell()
      else arrivals.take(parseUevent(message))
    }
  }, lookEvery)
  return {
    close() {
      clearInterval(timer)
      arrivals.clear()
      socket.close()
    },
  }
}

class Arrivals {
  readonly #tell: (hint: PortHint) => void
  /** Nodes that udev was not done with when it was looked last. */
  readonly #pending = new Map<string, NodeJS.Timeout>()

  #closed = false

  constructor(tell: (hint: PortHint) => void) {
    this.#tell = tell
  }

  take(event: Uevent | undefined): void {
    if (event?.subsystem !== 'tty' || event.name === undefined) return
    const { action, from, name } = event
    // A removal that udev tells of may be older than an arrival of which the kernel has told already.
    if (action === 'remove' && from === 'kernel') {
      this.#settle(name)
      this.#tell({ action: 'removed', path: `/dev/${name}` })
    }
    if (action !== 'add') return
    if (from === 'kernel' && hasUdev()) this.#await(name)
    else this.#added(name)
  }

  #await(name: string): void {
    this.#settle(name)
    this.#pending.set(
      name,
      setTimeout(() => this.#added(name), udevPatience),
    )
  }

  #added(name: string): void {
    this.#settle(name)
    // Whoever then lists the ports hears of what is wrong.
    this.#describe(name).catch(() => this.#tell({ action: 'added', path: `/dev/${name}` }))
  }

  /** Tells of it if it is a serial port, and still there. */
  async #describe(name: string): Promise<void> {
    const { listPorts } = await import('./list.ts')
    // In sysfs, a folder in the node's name is written with an exclamation mark.
    const [port] = listPorts(systemPlaces, [name.replaceAll('/', '!')])
    if (port !== undefined && !this.#closed) this.#tell({ action: 'added', path: port.path, port })
  }

  #settle(name: string): void {
    clearTimeout(this.#pending.get(name))
    this.#pending.delete(name)
  }

  clear(): void {
    this.#closed = true
    for (const name of this.#pending.keys()) this.#settle(name)
  }
}

/** As udev's own programs find out. Source: systemd, udev_available. */
function hasUdev(): boolean {
  return existsSync('/run/udev/control')
}
