import { descriptor } from './descriptors.ts'
import type { Identity, Interface } from './descriptors.ts'
import { stalled, submitted, unlinked, UsbipParser } from './usbip.ts'
import type { UsbipRequest } from './usbip.ts'
import { Connection } from './vhci.ts'

type Submit = Extract<UsbipRequest, { kind: 'submit' }>

/** A control request. Source: Universal Serial Bus Specification 2.0, 9.3. */
export interface Setup {
  readonly type: number
  readonly request: number
  readonly value: number
  readonly index: number
  readonly length: number
  readonly data: Buffer
}

/** What a device answers: bytes, that it is done, or that it knows no such request. */
export type Answer = Uint8Array | 'done' | 'stall'

const GET_DESCRIPTOR = 6
const fromDevice = 0x80
/** In the address of an endpoint. */
const input = 0x80
/** Standard requests, as against those of a class or a vendor. */
const kindOfRequest = 0x60

/** A USB device, played by this program for the kernel of this machine. A subclass is a chip. */
export abstract class UsbDevice {
  readonly identity: Identity
  abstract readonly interfaces: readonly Interface[]
  readonly speed: 'full' | 'high' = 'full'
  #connection: Connection | undefined
  /** Transfers that the device has not answered. */
  readonly #outputs: Submit[] = []
  readonly #inputs = new Map<number, Submit[]>()
  #held = false
  /** Control requests since it was plugged in, other than the standard ones: each takes a turn on the bus. */
  requests = 0

  constructor(identity: Identity) {
    this.identity = identity
  }

  /** A request of the chip's own. */
  protected abstract control(setup: Setup): Answer

  /** Bytes from the computer. */
  protected abstract take(data: Buffer): void

  /** What is there for the computer at this endpoint, at most so many bytes; undefined: nothing now. */
  protected abstract give(endpoint: number, room: number): Uint8Array | undefined

  /** It was plugged in: everything is as after a reset. */
  protected abstract reset(): void

  async plug(socket: number): Promise<void> {
    this.reset()
    this.requests = 0
    this.#outputs.length = 0
    this.#inputs.clear()
    const parser = new UsbipParser()
    this.#connection = await Connection.make(socket, this.speed, (chunk) => {
      for (const request of parser.parse(chunk)) this.#handle(request)
    })
  }

  async unplug(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.end()
  }

  /** While held, the device takes nothing from the computer. */
  hold(on: boolean): void {
    this.#held = on
    this.pump()
  }

  /** Answers what can be answered: to be called when there is something new to give. */
  protected pump(): void {
    while (!this.#held) {
      const request = this.#outputs.shift()
      if (request === undefined) break
      this.#reply(submitted(request.number, request.data.length))
      this.take(request.data)
    }
    // What one endpoint gives may be what another has waited for.
    while ([...this.#inputs].some(([endpoint, requests]) => this.#giveTo(endpoint, requests)));
  }

  #giveTo(endpoint: number, requests: Submit[]): boolean {
    const [first] = requests
    const given = first && this.give(endpoint, first.length)
    if (first === undefined || given === undefined) return false
    requests.shift()
    this.#reply(submitted(first.number, given.byteLength, given))
    return true
  }

  /** Whether the computer asks for input at this endpoint. */
  protected isAsked(endpoint: number): boolean {
    return (this.#inputs.get(endpoint)?.length ?? 0) > 0
  }

  #handle(request: UsbipRequest): void {
    if (request.kind === 'unlink') return this.#unlink(request)
    if (request.endpoint === 0) return this.#control(request)
    if (request.input) this.#inputsOf(request.endpoint | input).push(request)
    // A copy: the memory is used again.
    else this.#outputs.push({ ...request, data: Buffer.from(request.data) })
    this.pump()
  }

  #inputsOf(endpoint: number): Submit[] {
    const requests = this.#inputs.get(endpoint) ?? []
    this.#inputs.set(endpoint, requests)
    return requests
  }

  #unlink({ number, victim }: Extract<UsbipRequest, { kind: 'unlink' }>): void {
    let inTime = false
    for (const requests of [this.#outputs, ...this.#inputs.values()]) {
      const at = requests.findIndex((request) => request.number === victim)
      if (at < 0) continue
      requests.splice(at, 1)
      inTime = true
    }
    this.#reply(unlinked(number, inTime))
  }

  #control({ data, length, number, setup }: Submit): void {
    const request: Setup = {
      type: setup.readUInt8(0),
      request: setup.readUInt8(1),
      value: setup.readUInt16LE(2),
      index: setup.readUInt16LE(4),
      length: setup.readUInt16LE(6),
      data: Buffer.from(data),
    }
    const standard = (request.type & kindOfRequest) === 0
    if (!standard) this.requests++
    const answer = standard ? this.#standard(request) : this.control(request)
    if (answer === 'stall') this.#reply(stalled(number))
    else if (answer === 'done') this.#reply(submitted(number, length))
    else this.#reply(submitted(number, Math.min(length, answer.byteLength), answer.subarray(0, length)))
  }

  #standard({ length, request, type, value }: Setup): Answer {
    if ((type & fromDevice) === 0) return 'done'
    if (request === GET_DESCRIPTOR) return descriptor(value, this.identity, this.interfaces) ?? 'stall'
    return new Uint8Array(length)
  }

  #reply(message: Buffer): void {
    this.#connection?.write(message)
  }
}
