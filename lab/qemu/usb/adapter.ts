import { chips } from './chips.ts'
import type { ChipName } from './chips.ts'
import type { Chip, ChipEvent, Inputs, Line, LineError, Outputs } from './chip.ts'
import type { Identity } from './descriptors.ts'
import { Ft232r } from './ft232r.ts'

/** Something that was seen at the serial side, and when: in ns of the clock that `process.hrtime` reads. */
export interface Sight {
  readonly at: bigint
  /** How many control requests there were until then, this one included. */
  readonly requests: number
  readonly outputs?: Outputs
  readonly break?: boolean
  /** How many bytes came. */
  readonly bytes?: number
}

/** What the serial side has now. */
export interface State {
  readonly outputs: Outputs
  readonly breaking: boolean
  readonly line: Line
  /** Bytes that came and were not taken. */
  readonly waiting: number
}

/** An adapter with one of the chips, and at its serial side a device in the hands of a test. */
export class Adapter {
  readonly #chip: Chip
  #received: Buffer[] = []
  #count = 0
  #sights: Sight[] = []
  #wanted: { readonly count: number; readonly done: () => void } | undefined
  #echo = false

  constructor(name: ChipName, changes: Partial<Identity>) {
    this.#chip = new chips[name](changes)
    this.#chip.onEvent = (event) => this.#see(event)
  }

  plug(socket: number): Promise<void> {
    this.#received = []
    this.#count = 0
    return this.#chip.plug(socket)
  }

  unplug(): Promise<void> {
    return this.#chip.unplug()
  }

  /** The device sends back what it receives. */
  echo(on: boolean): void {
    this.#echo = on
  }

  /** The chip takes nothing from the computer, as when the line is stopped by flow control. */
  hold(on: boolean): void {
    this.#chip.hold(on)
  }

  /** An FTDI chip says that its transmitter has sent its last bit, or has not. */
  setTransmitterEmpty(empty: boolean): void {
    if (!(this.#chip instanceof Ft232r)) throw new Error('the chip says nothing of its transmitter')
    this.#chip.setTransmitterEmpty(empty)
  }

  send(data: Uint8Array): void {
    this.#chip.send(data)
  }

  sendError(error: LineError, byte: number): void {
    this.#chip.sendError(error, byte)
  }

  setInputs(inputs: Partial<Inputs>): void {
    this.#chip.setInputs(inputs)
  }

  /** The next so many bytes from the computer, when they have come. */
  async receive(count: number): Promise<Uint8Array> {
    if (this.#count < count) await new Promise<void>((done) => (this.#wanted = { count, done }))
    const all = Buffer.concat(this.#received)
    this.#received = [all.subarray(count)]
    this.#count -= count
    return all.subarray(0, count)
  }

  state(): State {
    const { breaking, line, outputs } = this.#chip
    return { breaking, line, outputs, waiting: this.#count }
  }

  /** What was seen since this was asked last. */
  sights(): Sight[] {
    return this.#sights.splice(0)
  }

  #see(event: ChipEvent): void {
    const now = { at: process.hrtime.bigint(), requests: this.#chip.requests }
    if (event.kind === 'outputs') this.#sights.push({ ...now, outputs: event.outputs })
    if (event.kind === 'break') this.#sights.push({ ...now, break: event.on })
    if (event.kind !== 'data') return
    if (this.#echo) return this.#chip.send(event.data)
    this.#sights.push({ ...now, bytes: event.data.length })
    this.#received.push(event.data)
    this.#count += event.data.length
    if (this.#wanted === undefined || this.#count < this.#wanted.count) return
    const { done } = this.#wanted
    this.#wanted = undefined
    done()
  }
}

type Method = Exclude<keyof Adapter, 'prototype'>

/** What is asked of one of the adapters, by its number; `make` makes it. */
export type Request = {
  readonly id: number
  readonly adapter: number
} & (
  | { readonly make: ChipName; readonly changes: Partial<Identity> }
  | { readonly method: Method; readonly args: readonly unknown[] }
)

/** The answer to the request with this id. */
export interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}
