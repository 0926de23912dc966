import type { Counters } from '../../counters.ts'
import type { LineErrorKind } from '../../line-errors.ts'
import type { TransportSink } from '../../transport.ts'
import type { Device } from './device.ts'
import { MarkDecoder } from './mark-decoder.ts'

/**
 * Places each error among the bytes, by the marks in the stream, and tells what a mark stands for, by the driver's
 * counters. These run ahead: an error is counted as it arrives, and its mark may be in a later chunk. So what was told is
 * counted here, too, and the difference is what the next marks may be. Where that has several kinds at once, the places
 * are certain, and which of them is of which kind is not.
 */
export class LineErrorReader {
  readonly #device: Device
  readonly #sink: () => TransportSink | undefined
  readonly #marks: MarkDecoder
  #counted: Required<Counters> | undefined
  #told: Required<Counters> | undefined
  #offset = 0

  constructor(device: Device, sink: () => TransportSink | undefined) {
    this.#device = device
    this.#sink = sink
    this.#marks = new MarkDecoder({
      data: (bytes) => this.#pass(bytes),
      bad: (byte) => this.#bad(byte),
    })
    this.purge()
  }

  read(chunk: Uint8Array): void {
    this.#counted = this.#device.counters
    this.#marks.decode(chunk)
    if (!this.#expects('overrun')) return
    // It leaves no mark; the nearest place known is the end of what had arrived.
    this.#report('overrun')
    this.#tell('overrun', this.#counted?.overrun ?? 0)
  }

  /** The input was purged: the marks of what was counted until now will not come, nor will the rest of one. */
  purge(): void {
    this.#marks.reset()
    this.#counted = this.#device.counters
    this.#told = this.#counted
  }

  #pass(bytes: Uint8Array): void {
    this.#offset += bytes.byteLength
    this.#sink()?.data(bytes)
  }

  /** The kernel marks parity and framing errors alike, and a break as a zero byte with either. */
  #bad(byte: number): void {
    const kinds: LineErrorKind[] = byte === 0 ? ['break', 'framing', 'parity'] : ['framing', 'parity']
    const kind = kinds.find((each) => this.#expects(each)) ?? (byte === 0 ? 'break' : 'parity')
    this.#report(kind)
    if (this.#expects(kind)) this.#tell(kind, (this.#told?.[kind] ?? 0) + 1)
    if (kind !== 'break') this.#pass(Uint8Array.of(byte))
  }

  #expects(kind: LineErrorKind): boolean {
    return (this.#counted?.[kind] ?? 0) > (this.#told?.[kind] ?? 0)
  }

  #tell(kind: LineErrorKind, count: number): void {
    if (this.#told !== undefined) this.#told = { ...this.#told, [kind]: count }
  }

  #report(kind: LineErrorKind): void {
    this.#sink()?.lineError({ kind, offset: this.#offset })
  }
}
