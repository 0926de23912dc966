import { bitsOf, Chip, masked, parities, stopBits } from './chip.ts'
import type { LineError } from './chip.ts'
import type { Identity } from './descriptors.ts'
import type { Answer, Setup } from './device.ts'

/** Requests and bits. Source: Linux, drivers/usb/serial/ftdi_sio.h. */
const requests = {
  reset: 0,
  modemControl: 1,
  flowControl: 2,
  baudRate: 3,
  data: 4,
  modemStatus: 5,
  eventCharacter: 6,
  errorCharacter: 7,
  setLatency: 9,
  getLatency: 10,
  readEeprom: 0x90,
} as const

const inputBits = { cts: 0x10, dsr: 0x20, ri: 0x40, dcd: 0x80 } as const
const errorBits: Readonly<Record<LineError, number>> = { overrun: 2, parity: 4, framing: 8, break: 16 }
/** The transmitter holding register is empty, and the transmitter. */
const transmitterEmpty = 0x60
/** Always set in the first status byte. */
const statusMark = 1
/** The two status bytes come at the head of each packet. */
const packetSize = 64
const statusSize = 2

/** Eighths of the divisor, in the order of their code. Source: FTDI AN232B-05. */
const eighths = [0, 4, 2, 1, 3, 5, 6, 7]

/** FTDI's FT232R. */
export class Ft232r extends Chip {
  override readonly interfaces = [
    {
      interfaceClass: 0xff,
      endpoints: [
        { address: 0x81, kind: 'bulk', packetSize },
        { address: 0x02, kind: 'bulk', packetSize },
      ],
    },
  ] as const
  #latency = 16
  /** The lines were not told of since they changed. */
  #changed = false
  /** What the transmitter says: that its last bit has left, or not. */
  #empty = true

  constructor(changes?: Partial<Identity>) {
    const names = { manufacturer: 'FTDI', product: 'FT232R USB UART', serialNumber: 'A50285BI' }
    super({ vendorId: 0x0403, productId: 0x6001, usb: 0x200, release: 0x600, ...names }, changes)
  }

  /** Whether the transmitter says that its last bit has left. */
  setTransmitterEmpty(empty: boolean): void {
    this.#empty = empty
    this.#changed = true
    this.pump()
  }

  protected override reset(): void {
    super.reset()
    this.#changed = true
  }

  protected override inputsChanged(): void {
    this.#changed = true
  }

  protected override control({ data: _, index, request, value }: Setup): Answer {
    switch (request) {
      case requests.reset:
      case requests.flowControl:
      case requests.eventCharacter:
      case requests.errorCharacter:
        return 'done'
      case requests.modemControl:
        this.setOutputs(masked(value, 0), masked(value, 1))
        return 'done'
      case requests.baudRate:
        this.line = { ...this.line, baudRate: baudRateOf(value | ((index & 0xff) << 16)) }
        return 'done'
      case requests.data:
        this.#setData(value)
        return 'done'
      case requests.modemStatus:
        return this.#status(0)
      case requests.setLatency:
        this.#latency = value
        return 'done'
      case requests.getLatency:
        return Uint8Array.of(this.#latency)
      case requests.readEeprom:
        return Uint8Array.of(0xff, 0xff)
      default:
        return 'stall'
    }
  }

  #setData(value: number): void {
    const parity = parities[(value >> 8) & 7] ?? 'none'
    this.line = {
      ...this.line,
      dataBits: value & 0xff,
      parity,
      stopBits: stopBits[(value >> 11) & 3] ?? 0,
    }
    this.setBreak((value & 0x4000) !== 0)
  }

  #status(errors: number): Uint8Array {
    const line = (this.#empty ? transmitterEmpty : 0) | errors
    return Uint8Array.of(statusMark | bitsOf(this.inputs, inputBits), line)
  }

  protected override give(_: number, room: number): Uint8Array | undefined {
    const item = this.next
    if (item === undefined) {
      if (!this.#changed) return undefined
      this.#changed = false
      return this.#status(0)
    }
    if ('error' in item) {
      this.shift()
      return Buffer.concat([this.#status(errorBits[item.error]), Uint8Array.of(item.byte)])
    }
    const packets: Uint8Array[] = []
    for (let left = room; left >= packetSize; left -= packetSize) {
      const characters = this.takeCharacters(packetSize - statusSize)
      if (characters === undefined) break
      packets.push(this.#status(0), characters)
      // A short packet ends the transfer.
      if (characters.length < packetSize - statusSize) break
    }
    return Buffer.concat(packets)
  }
}

function baudRateOf(divisor: number): number {
  const whole = (divisor & 0x3fff) + (eighths[(divisor >> 14) & 7] ?? 0) / 8
  // These two stand for 1 and 1.5. Source: FTDI AN232B-05.
  if (whole === 0) return 3_000_000
  return whole === 1 ? 2_000_000 : 3_000_000 / whole
}
