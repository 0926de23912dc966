import { bitsOf, Chip } from './chip.ts'
import type { Line, Parity } from './chip.ts'
import type { Identity } from './descriptors.ts'
import type { Answer, Setup } from './device.ts'

/** The maker has published no register; these are known from drivers. Source: Linux, drivers/usb/serial/ch341.c. */
const requests = {
  version: 0x5f,
  readRegisters: 0x95,
  writeRegisters: 0x9a,
  initialize: 0xa1,
  modemControl: 0xa4,
} as const

/** Registers go in pairs: the numbers of both are one value, and so is what they hold. */
const registers = { break: 0x1805, status: 0x0706, divisor: 0x1312, lineControl: 0x2518 } as const

const outputBits = { dtr: 0x20, rts: 0x40 } as const
const inputBits = { cts: 0x01, dsr: 0x02, ri: 0x04, dcd: 0x08 } as const
const statusEndpoint = 0x81
const clock = 48_000_000

/** WCH's CH340, which has neither a serial number nor a maker's name. */
export class Ch340 extends Chip {
  override readonly interfaces = [
    {
      interfaceClass: 0xff,
      subclass: 1,
      protocol: 2,
      endpoints: [
        { address: 0x82, kind: 'bulk', packetSize: 32 },
        { address: 0x02, kind: 'bulk', packetSize: 32 },
        { address: statusEndpoint, kind: 'interrupt', packetSize: 8 },
      ],
    },
  ] as const
  readonly #registers = new Map<number, number>()
  #changed = true

  constructor(changes?: Partial<Identity>) {
    const names = { product: 'USB Serial' }
    super({ vendorId: 0x1a86, productId: 0x7523, usb: 0x110, release: 0x264, ...names }, changes)
  }

  protected override reset(): void {
    super.reset()
    this.#registers.clear()
    this.#registers.set(registers.break & 0xff, 1)
    this.#changed = true
  }

  protected override inputsChanged(): void {
    this.#changed = true
  }

  protected override control({ index, request, value }: Setup): Answer {
    switch (request) {
      case requests.version:
        return Uint8Array.of(0x31, 0)
      case requests.initialize:
        // It sets the line as well: what the two registers have is in value and index.
        return 'done'
      case requests.writeRegisters:
        this.#write(value, index)
        return 'done'
      case requests.readRegisters:
        return this.#read(value)
      case requests.modemControl:
        // Levels of the pins: low is on.
        this.setOutputs((~value & outputBits.dtr) !== 0, (~value & outputBits.rts) !== 0)
        return 'done'
      default:
        return 'stall'
    }
  }

  #write(pair: number, contents: number): void {
    this.#registers.set(pair & 0xff, contents & 0xff).set(pair >> 8, contents >> 8)
    if (pair === registers.divisor) this.line = { ...this.line, baudRate: baudRateOf(contents) }
    if (pair === registers.lineControl) this.line = { ...this.line, ...frameOf(contents & 0xff) }
    if (pair === registers.break) this.setBreak((contents & 1) === 0)
  }

  #read(pair: number): Uint8Array {
    if (pair === registers.status) return Uint8Array.of(this.#pins, 0xee)
    return Uint8Array.of(this.#registers.get(pair & 0xff) ?? 0, this.#registers.get(pair >> 8) ?? 0)
  }

  /** Levels: low is on. */
  get #pins(): number {
    return ~bitsOf(this.inputs, inputBits) & 0xff
  }

  /** It tells of no errors; a break is a zero byte. */
  protected override give(endpoint: number, room: number): Uint8Array | undefined {
    if (endpoint === statusEndpoint) return this.#status()
    const item = this.next
    if (item === undefined || !('error' in item)) return this.takeCharacters(room)
    this.shift()
    return Uint8Array.of(item.byte)
  }

  #status(): Uint8Array | undefined {
    if (!this.#changed) return undefined
    this.#changed = false
    return Uint8Array.of(0x08, 0x3f, this.#pins, 0xee)
  }
}

/** A divisor that counts up to 256, of a clock that is divided beforehand. */
function baudRateOf(contents: number): number {
  const [prescaler, factor, divisor] = [contents & 3, (contents >> 2) & 1, 256 - (contents >> 8)]
  return clock / (2 ** (12 - 3 * prescaler - factor) * divisor)
}

/** Its line control register is laid out as that of a 16550. Source: PC16550D data sheet, table 2. */
function frameOf(control: number): Omit<Line, 'baudRate'> {
  const names: readonly Parity[] = ['odd', 'even', 'mark', 'space']
  const parity = (control & 0x08) === 0 ? 'none' : (names[(control >> 4) & 3] ?? 'none')
  return { dataBits: 5 + (control & 3), parity, stopBits: (control & 4) === 0 ? 1 : 2 }
}
