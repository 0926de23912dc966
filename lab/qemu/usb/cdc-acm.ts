import { bitsOf } from './chip.ts'
import type { LineError } from './chip.ts'
import { ClassChip } from './class-chip.ts'
import type { Identity } from './descriptors.ts'

/** Source: USB CDC 1.2, tables 11 to 16; PSTN 1.2, table 31. Breaks and line coding are what this device can do. */
const functionalDescriptors = [
  [5, 0x24, 0x00, 0x10, 0x01],
  [5, 0x24, 0x01, 0x00, 1],
  [4, 0x24, 0x02, 0x06],
  [5, 0x24, 0x06, 0, 1],
].flat()

const notifications = { endpoint: 0x81, serialState: 0x20, type: 0xa1 } as const
const stateBits = { dcd: 0x01, dsr: 0x02, ri: 0x08 } as const
const errorBits: Readonly<Record<LineError, number>> = {
  break: 0x04,
  framing: 0x10,
  parity: 0x20,
  overrun: 0x40,
}

/** A board that is a serial port by itself, as Arduinos and the like are: there is no line behind it. */
export class CdcAcm extends ClassChip {
  override readonly speed = 'high'
  override readonly interfaces = [
    {
      interfaceClass: 2,
      subclass: 2,
      protocol: 1,
      more: functionalDescriptors,
      endpoints: [{ address: notifications.endpoint, kind: 'interrupt', packetSize: 16 }],
    },
    {
      interfaceClass: 10,
      endpoints: [
        { address: 0x82, kind: 'bulk', packetSize: 512 },
        { address: 0x02, kind: 'bulk', packetSize: 512 },
      ],
    },
  ] as const
  /** The line state is to be told. */
  #changed = true

  constructor(changes?: Partial<Identity>) {
    const names = { manufacturer: 'Boards & Co.', product: 'Serial board', serialNumber: '85430353' }
    const version = { usb: 0x200, release: 0x100, deviceClass: 2 }
    super({ vendorId: 0x2341, productId: 0x0043, ...version, ...names }, changes)
  }

  protected override reset(): void {
    super.reset()
    this.#changed = true
  }

  protected override inputsChanged(): void {
    this.#changed = true
  }

  protected override give(endpoint: number, room: number): Uint8Array | undefined {
    const item = this.next
    if (endpoint !== notifications.endpoint) return this.takeCharacters(room)
    if (item !== undefined && 'error' in item) {
      // The state that follows has the error no more; and the driver makes the character of a break itself.
      this.#changed = true
      this.replaceNext(item.error === 'break' ? [] : [item.byte])
      return this.#state(errorBits[item.error])
    }
    if (!this.#changed) return undefined
    this.#changed = false
    return this.#state(0)
  }

  #state(errors: number): Uint8Array {
    const head = [notifications.type, notifications.serialState, 0, 0, 0, 0, 2, 0]
    return Uint8Array.of(...head, bitsOf(this.inputs, stateBits) | errors, 0)
  }
}
