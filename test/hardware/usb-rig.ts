// USB adapters in the hands of a test; see lab/qemu/usb.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import type { Adapter as Far, Reply, Request } from '../../lab/qemu/usb/adapter.ts'
import type { ChipName } from '../../lab/qemu/usb/chips.ts'
import type { Identity } from '../../lab/qemu/usb/descriptors.ts'
import { eventually } from '../support/wait.ts'

export type { ChipName } from '../../lab/qemu/usb/chips.ts'

/** The same calls, answered by another process. */
type Remote<T> = {
  readonly [Name in keyof T]: T[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never
}

/** Any request without its number. */
type Asked = Request extends infer Each ? (Each extends Request ? Omit<Each, 'id'> : never) : never

/** The process that plays the adapters. */
export class UsbRig implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  #requests = 0
  #adapters = 0

  constructor() {
    const program = new URL('../../lab/qemu/usb/rig.js', import.meta.url)
    this.#process = fork(program, { serialization: 'advanced', execArgv: [] })
    this.#process.on('message', ({ error, id, result }: Reply) => {
      const request = this.#pending.get(id)
      this.#pending.delete(id)
      if (error === undefined) request?.resolve(result)
      else request?.reject(new Error(error))
    })
  }

  /** Makes an adapter, and leaves it unplugged. */
  async make(chip: ChipName, changes: Partial<Identity> = {}): Promise<Adapter> {
    const adapter = this.#adapters++
    await this.ask({ adapter, make: chip, changes })
    return new Adapter(this, adapter)
  }

  ask(request: Asked): Promise<unknown> {
    const id = this.#requests++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#process.send({ id, ...request })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.disconnect()
    await ended
  }
}

/** An adapter, and what happens at its serial side. */
export class Adapter {
  readonly far: Remote<Omit<Far, 'plug' | 'unplug'>>
  readonly #ask: (method: keyof Far, args: readonly unknown[]) => Promise<unknown>
  #path: string | undefined
  #device = ''

  constructor(rig: UsbRig, adapter: number) {
    this.#ask = (method, args) => rig.ask({ adapter, method, args })
    this.far = new Proxy({} as Remote<Far>, {
      get:
        (_, method) =>
        (...args: unknown[]) =>
          this.#ask(method as keyof Far, args),
    })
  }

  /** The node that it has while it is plugged in. */
  get path(): string {
    if (this.#path === undefined) throw new Error('it is not plugged in')
    return this.#path
  }

  /** @param socket - from 0: where it is plugged in */
  async plug(socket = 0): Promise<void> {
    await this.#ask('plug', [socket])
    this.#device = `/sys/bus/usb/devices/1-${socket + 1}`
    await this.settle()
  }

  /** Waits for the port that its driver makes of it: under another name where somebody still has the one before open. */
  async settle(): Promise<void> {
    let name: string | undefined
    await eventually(`a port at ${this.#device}`, () => (name = portOf(this.#device)) !== undefined, 20_000)
    this.#path = `/dev/${name}`
  }

  async unplug(): Promise<void> {
    this.#path = undefined
    await this.#ask('unplug', [])
    // The next one in this socket must not be taken for this one.
    await eventually('the device is gone', () => !existsSync(this.#device), 20_000)
  }
}

/** The port that the kernel has made of a device. Source: Linux, Documentation/ABI/stable/sysfs-bus-usb. */
function portOf(device: string): string | undefined {
  const part = `${device}/${basename(device)}:1.0`
  // A usb-serial port is a device of its own between the interface and the terminal.
  const names = [...namesIn(`${part}/tty`), ...namesIn(part).filter((each) => each.startsWith('ttyUSB'))]
  return names.find((name) => existsSync(`/dev/${name}`) && existsSync(`/sys/class/tty/${name}`))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
