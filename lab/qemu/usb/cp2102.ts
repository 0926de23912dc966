import { bitsOf, Chip, masked, parities, stopBits } from './chip.ts'
import type { LineError } from './chip.ts'
import type { Identity } from './descriptors.ts'
import type { Answer, Setup } from './device.ts'

/** Source: Silicon Labs AN571, CP210x Virtual COM Port Interface. */
const requests = {
  enable: 0x00,
  setLineControl: 0x03,
  getLineControl: 0x04,
  setBreak: 0x05,
  setHandshaking: 0x07,
  getModemStatus: 0x08,
  getCommStatus: 0x10,
  purge: 0x12,
  setFlow: 0x13,
  getFlow: 0x14,
  embedEvents: 0x15,
  setCharacters: 0x19,
  getBaudRate: 0x1d,
  setBaudRate: 0x1e,
  vendor: 0xff,
} as const

/** What the vendor request with this value asks for, and a CP2102's answer. */
const partNumber = { value: 0x370b, cp2102: 2 } as const

const statusBits = { dtr: 0x01, rts: 0x02, cts: 0x10, dsr: 0x20, ri: 0x40, dcd: 0x80 } as const
const errorBits: Readonly<Record<LineError, number>> = { overrun: 2, parity: 4, framing: 8, break: 16 }
/** What may follow the escape character in the input: that it stands for itself, or a line status and the character. */
const escapes = { itself: 0, status: 1 } as const

/** Silicon Labs' CP2102. */
export class Cp2102 extends Chip {
  override readonly interfaces = [
    {
      interfaceClass: 0xff,
      endpoints: [
        { address: 0x81, kind: 'bulk', packetSize: 64 },
        { address: 0x01, kind: 'bulk', packetSize: 64 },
      ],
    },
  ] as const
  #baudRate: Buffer = Buffer.alloc(4)
  #flow: Buffer = Buffer.alloc(16)
  #lineControl = 0x800
  /** Errors come among the characters, behind this one; 0: they don't come. */
  #escape = 0

  constructor(changes?: Partial<Identity>) {
    const product = 'CP2102 USB to UART Bridge Controller'
    const names = { manufacturer: 'Silicon Labs', product, serialNumber: '0001' }
    super({ vendorId: 0x10c4, productId: 0xea60, usb: 0x110, release: 0x100, ...names }, changes)
  }

  protected override reset(): void {
    super.reset()
    this.#escape = 0
  }

  protected override control({ data, length, request, value }: Setup): Answer {
    switch (request) {
      case requests.enable:
      case requests.purge:
      case requests.setCharacters:
        return 'done'
      case requests.setBaudRate:
        this.#baudRate = data
        this.line = { ...this.line, baudRate: data.readUInt32LE(0) }
        return 'done'
      case requests.setLineControl:
        this.#setLineControl(value)
        return 'done'
      case requests.setBreak:
        this.setBreak(value === 1)
        return 'done'
      case requests.setHandshaking:
        this.setOutputs(masked(value, 0), masked(value, 1))
        return 'done'
      case requests.setFlow:
        this.#flow = data
        return 'done'
      case requests.embedEvents:
        this.#escape = value
        return 'done'
      default:
        return this.#read(request, value, length)
    }
  }

  #read(request: number, value: number, length: number): Answer {
    switch (request) {
      case requests.getBaudRate:
        return this.#baudRate
      case requests.getLineControl:
        return Uint8Array.of(this.#lineControl & 0xff, this.#lineControl >> 8)
      case requests.getModemStatus:
        return Uint8Array.of(bitsOf({ ...this.inputs, ...this.outputs }, statusBits))
      case requests.getFlow:
        return this.#flow
      case requests.getCommStatus:
        return new Uint8Array(19)
      case requests.vendor:
        return value === partNumber.value ? this.#partNumber(length) : 'stall'
      default:
        return 'stall'
    }
  }

  /** As long as was asked: by a shorter answer the driver knows copies of the chip, which can't place errors. */
  #partNumber(length: number): Uint8Array {
    const answer = new Uint8Array(length)
    answer[0] = partNumber.cp2102
    return answer
  }

  #setLineControl(value: number): void {
    this.#lineControl = value
    this.line = {
      ...this.line,
      dataBits: value >> 8,
      parity: parities[(value >> 4) & 0xf] ?? 'none',
      stopBits: stopBits[value & 0xf] ?? 0,
    }
  }

  protected override give(_: number, room: number): Uint8Array | undefined {
    const item = this.next
    if (item === undefined) return undefined
    if (!('error' in item)) {
      // Each character may become two.
      return this.#escaped(this.takeCharacters(this.#escape === 0 ? room : room >> 1) ?? Buffer.alloc(0))
    }
    this.shift()
    if (this.#escape === 0) return Uint8Array.of(item.byte)
    return Uint8Array.of(this.#escape, escapes.status, errorBits[item.error], item.byte)
  }

  #escaped(characters: Buffer): Uint8Array {
    if (this.#escape === 0 || !characters.includes(this.#escape)) return characters
    const escape = this.#escape
    return Uint8Array.from(
      [...characters].flatMap((byte) => (byte === escape ? [escape, escapes.itself] : [byte])),
    )
  }
}
