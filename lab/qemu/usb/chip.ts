import { UsbDevice } from './device.ts'
import type { Identity } from './descriptors.ts'

export interface Inputs {
  readonly cts: boolean
  readonly dsr: boolean
  readonly dcd: boolean
  readonly ri: boolean
}

export interface Outputs {
  readonly dtr: boolean
  readonly rts: boolean
}

/** What the registers of the chip say of the line. */
export interface Line {
  readonly baudRate: number
  readonly dataBits: number
  readonly parity: Parity
  readonly stopBits: number
}

export type LineError = 'parity' | 'framing' | 'overrun' | 'break'
export type Parity = 'none' | 'odd' | 'even' | 'mark' | 'space'

/** The order in which most chips count parities. */
export const parities: readonly Parity[] = ['none', 'odd', 'even', 'mark', 'space']
/** And stop bits. */
export const stopBits: readonly number[] = [1, 1.5, 2]

/** Something that the chip did at its serial side. */
export type ChipEvent =
  | { readonly kind: 'data'; readonly data: Buffer }
  | { readonly kind: 'outputs'; readonly outputs: Outputs }
  | { readonly kind: 'break'; readonly on: boolean }

/** Something on its way to the computer: characters, or one that has an error. */
export type Item = { readonly data: Buffer } | { readonly error: LineError; readonly byte: number }

/** A chip between USB and a serial line. Its USB side is the kernel's; its serial side is whoever holds this. */
export abstract class Chip extends UsbDevice {
  onEvent: (event: ChipEvent) => void = () => {}
  outputs: Outputs = { dtr: false, rts: false }
  breaking = false
  line: Line = { baudRate: 0, dataBits: 8, parity: 'none', stopBits: 1 }
  protected inputs: Inputs = { cts: false, dsr: false, dcd: false, ri: false }
  readonly #arrived: Item[] = []

  /** What these have in common that are sold; `changes` makes it another device, or one without a name. */
  constructor(identity: Identity, changes: Partial<Identity> = {}) {
    super({ ...identity, ...changes })
  }

  /** The control lines at the far end change. */
  setInputs(changes: Partial<Inputs>): void {
    this.inputs = { ...this.inputs, ...changes }
    this.inputsChanged()
    this.pump()
  }

  /** Tells the computer of it, where the chip does so by itself. */
  protected inputsChanged(): void {}

  /** Characters come in. */
  send(data: Uint8Array): void {
    if (data.byteLength > 0) this.#arrived.push({ data: Buffer.from(data) })
    this.pump()
  }

  /** A character comes in that has an error. */
  sendError(error: LineError, byte: number): void {
    this.#arrived.push({ error, byte })
    this.pump()
  }

  protected override reset(): void {
    this.#arrived.length = 0
    this.outputs = { dtr: false, rts: false }
    this.breaking = false
  }

  protected override take(data: Buffer): void {
    this.onEvent({ kind: 'data', data })
  }

  /** Each is set, or left as it is. */
  protected setOutputs(dtr: boolean | undefined, rts: boolean | undefined): void {
    const { outputs } = this
    this.outputs = { dtr: dtr ?? outputs.dtr, rts: rts ?? outputs.rts }
    this.onEvent({ kind: 'outputs', outputs: this.outputs })
  }

  protected setBreak(on: boolean): void {
    if (on === this.breaking) return
    this.breaking = on
    this.onEvent({ kind: 'break', on })
  }

  /** What came in first. */
  protected get next(): Item | undefined {
    return this.#arrived[0]
  }

  protected shift(): void {
    this.#arrived.shift()
  }

  /** What came in first is these characters instead. */
  protected replaceNext(bytes: readonly number[]): void {
    this.#arrived.splice(0, 1, ...(bytes.length === 0 ? [] : [{ data: Buffer.from(bytes) }]))
  }

  /** Takes as many characters as there are up to the next error, and room for; undefined: none. */
  protected takeCharacters(room: number): Buffer | undefined {
    const taken: Buffer[] = []
    for (let left = room; left > 0;) {
      const item = this.next
      if (item === undefined || 'error' in item) break
      taken.push(item.data.subarray(0, left))
      if (item.data.length > left) this.#arrived[0] = { data: item.data.subarray(left) }
      else this.shift()
      left -= Math.min(left, item.data.length)
    }
    return taken.length === 0 ? undefined : Buffer.concat(taken)
  }
}

/** The bits of those lines that are on. */
export function bitsOf<Name extends string>(
  levels: Readonly<Record<Name, boolean>>,
  bits: Readonly<Partial<Record<NoInfer<Name>, number>>>,
): number {
  const names = Object.keys(levels) as Name[]
  return names.reduce((sum, name) => (levels[name] ? sum | (bits[name] ?? 0) : sum), 0)
}

/** Bit `at` of a value that has in its upper byte which of the lower are to be looked at. */
export function masked(value: number, at: number): boolean | undefined {
  return ((value >> (8 + at)) & 1) === 0 ? undefined : ((value >> at) & 1) === 1
}
