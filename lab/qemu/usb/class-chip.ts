import { Chip, parities, stopBits } from './chip.ts'
import type { Line } from './chip.ts'
import type { Answer, Setup } from './device.ts'

/** Source: USB CDC PSTN subclass 1.2, 6.3. */
const requests = {
  setLineCoding: 0x20,
  getLineCoding: 0x21,
  setControlLineState: 0x22,
  sendBreak: 0x23,
} as const
const controlBits = { dtr: 1, rts: 2 } as const

/** A chip that is asked in the way of the communications class, as PL2303 is, too. */
export abstract class ClassChip extends Chip {
  #lineCoding: Buffer = Buffer.from([0x80, 0x25, 0, 0, 0, 0, 8])

  protected override control({ data, request, value }: Setup): Answer {
    switch (request) {
      case requests.setLineCoding:
        this.#lineCoding = data
        this.line = this.decode(data)
        return 'done'
      case requests.getLineCoding:
        return this.#lineCoding
      case requests.setControlLineState:
        this.setOutputs((value & controlBits.dtr) !== 0, (value & controlBits.rts) !== 0)
        return 'done'
      case requests.sendBreak:
        this.setBreak(value !== 0)
        return 'done'
      default:
        return 'stall'
    }
  }

  /** What a line coding stands for. */
  protected decode(lineCoding: Buffer): Line {
    return {
      baudRate: lineCoding.readUInt32LE(0),
      stopBits: stopBits[lineCoding.readUInt8(4)] ?? 0,
      parity: parities[lineCoding.readUInt8(5)] ?? 'none',
      dataBits: lineCoding.readUInt8(6),
    }
  }
}
