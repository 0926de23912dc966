import { bitsOf } from './chip.ts'
import type { Line, LineError } from './chip.ts'
import { ClassChip } from './class-chip.ts'
import type { Identity } from './descriptors.ts'
import type { Answer, Setup } from './device.ts'

/** To and from the chip's registers, whose meaning nobody has published. Source: Linux, drivers/usb/serial/pl2303.c. */
const vendorRequest = 1
const fromDevice = 0x80

const statusEndpoint = 0x81
const statusSize = 10
const statusAt = 8
const statusBits = { dcd: 0x01, dsr: 0x02, ri: 0x08, cts: 0x80 } as const
const errorBits: Readonly<Record<LineError, number>> = {
  break: 0x04,
  framing: 0x10,
  parity: 0x20,
  overrun: 0x40,
}

/** Prolific's PL2303HX. */
export class Pl2303 extends ClassChip {
  override readonly interfaces = [
    {
      interfaceClass: 0xff,
      endpoints: [
        { address: statusEndpoint, kind: 'interrupt', packetSize: statusSize },
        { address: 0x02, kind: 'bulk', packetSize: 64 },
        { address: 0x83, kind: 'bulk', packetSize: 64 },
      ],
    },
  ] as const
  /** The status is to be told. */
  #changed = true
  /** The error of the character that comes next was told. */
  #announced = false

  constructor(changes?: Partial<Identity>) {
    const names = { manufacturer: 'Prolific Technology Inc.', product: 'USB-Serial Controller' }
    super({ vendorId: 0x067b, productId: 0x2303, usb: 0x110, release: 0x300, ...names }, changes)
  }

  protected override reset(): void {
    super.reset()
    this.#changed = true
    this.#announced = false
  }

  protected override inputsChanged(): void {
    this.#changed = true
  }

  protected override control(setup: Setup): Answer {
    if (setup.request !== vendorRequest) return super.control(setup)
    return (setup.type & fromDevice) === 0 ? 'done' : new Uint8Array(setup.length)
  }

  protected override decode(lineCoding: Buffer): Line {
    return { ...super.decode(lineCoding), baudRate: baudRateOf(lineCoding.readUInt32LE(0)) }
  }

  /** An error is told in the status, and is that of the transfer of characters which follows. */
  protected override give(endpoint: number, room: number): Uint8Array | undefined {
    const item = this.next
    if (endpoint === statusEndpoint) return this.#status()
    if (item === undefined || !('error' in item)) return this.takeCharacters(room)
    if (!this.#announced) return undefined
    this.#announced = false
    this.shift()
    return Uint8Array.of(item.byte)
  }

  #status(): Uint8Array | undefined {
    const item = this.next
    const error = item !== undefined && 'error' in item ? item.error : undefined
    const announce = error !== undefined && !this.#announced && this.isAsked(0x83)
    if (!announce && !this.#changed) return undefined
    this.#changed = false
    this.#announced ||= announce
    const status = new Uint8Array(statusSize)
    status[statusAt] = bitsOf(this.inputs, statusBits) | (announce ? errorBits[error] : 0)
    return status
  }
}

/**
 * The rate itself; or, with the highest bit set, a divisor of 12 MHz times 32: mantissa, and an exponent of four.
 * Source: Linux, drivers/usb/serial/pl2303.c, pl2303_encode_baud_rate_divisor.
 */
function baudRateOf(coded: number): number {
  if (coded < 0x80000000) return coded
  const mantissa = coded & 0x1ff || 512
  return (12_000_000 * 32) / (mantissa * 4 ** ((coded >> 9) & 7))
}
