import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const controller = '/sys/devices/platform/vhci_hcd.0'

/** Source: Linux, include/uapi/linux/usb/ch9.h, enum usb_device_speed. */
const speeds = { full: 2, high: 3 } as const

/** Source: Linux, include/uapi/linux/usbip.h, VDEV_ST_NULL. */
const free = '004'

let sockets = 0

/** How the sockets of the host controller are, for devices up to high speed: their states, in order. */
function states(): string[] {
  const lines = readFileSync(`${controller}/status`, 'utf8').split('\n')
  return lines.flatMap((line) => {
    const [hub, , state] = line.trim().split(/\s+/)
    return hub === 'hs' && state !== undefined ? [state] : []
  })
}

/** Waits until nothing is plugged in there, nor being cleared away. */
async function whenFree(socket: number): Promise<void> {
  for (let looks = 0; states()[socket] !== free; looks++) {
    if (looks > 5000) throw new Error(`the USB socket ${socket} does not become free`)
    await sleep(2)
  }
}

/** A USB device that is plugged into this machine: the requests to it are handed to it, and answers are written. */
export class Connection {
  readonly #stream: Socket
  readonly #socket: number

  /**
   * @param socket - of the host controller, from 0; it shows in the device's location: `1-1` for the first
   * @param take - gets what the kernel sends, in memory that is used again
   */
  static async make(
    socket: number,
    speed: keyof typeof speeds,
    take: (chunk: Buffer) => void,
  ): Promise<Connection> {
    await whenFree(socket)
    // An abstract name, which leaves nothing behind.
    const path = `\0baud-usb-${process.pid}-${sockets++}`
    const server = createServer({ pauseOnConnect: true }).listen(path)
    await once(server, 'listening')
    const buffer = Buffer.alloc(64 * 1024)
    const callback = (count: number) => {
      // The answers to all that came go in one piece.
      stream.cork()
      take(buffer.subarray(0, count))
      stream.uncork()
      return true
    }
    const stream = createConnection({ path, onread: { buffer, callback } })
    const [[far]] = (await Promise.all([once(server, 'connection'), once(stream, 'connect')])) as [
      [Socket],
      unknown,
    ]
    server.close()
    const { _handle: handle } = far as unknown as { readonly _handle: { readonly fd: number } }
    writeFileSync(`${controller}/attach`, `${socket} ${handle.fd} ${(1 << 16) + socket + 2} ${speeds[speed]}`)
    // The kernel has it.
    far.destroy()
    return new Connection(stream, socket)
  }

  private constructor(stream: Socket, socket: number) {
    this.#stream = stream
    this.#socket = socket
    // However it ends, the device is unplugged then.
    stream.on('error', () => {})
  }

  write(message: Buffer): void {
    this.#stream.write(message)
  }

  /** Pulls it out; resolves when the socket is free again. */
  async end(): Promise<void> {
    if (states()[this.#socket] !== free) writeFileSync(`${controller}/detach`, String(this.#socket))
    this.#stream.destroy()
    await whenFree(this.#socket)
  }
}
