import type { Counters } from '../../counters.ts'
import type { LineErrorKind } from '../../line-errors.ts'
import type { TransportSink } from '../../transport.ts'
import type { Device } from './device.ts'
import { MarkDecoder } from './mark-decoder.ts'

/** Tells what a mark stands for, by the driver's counters, and places each error among the bytes. */
export class LineErrorReader {
  readonly #device: Device
  readonly #sink: () => TransportSink | undefined
  readonly #marks: MarkDecoder
  #counts: Required<Counters> | undefined
  #offset = 0

  constructor(device: Device, sink: () => TransportSink | undefined) {
    this.#device = device
    this.#sink = sink
    this.#counts = device.counters
    this.#marks = new MarkDecoder({
      data: (bytes) => this.#pass(bytes),
      bad: (byte) => this.#bad(byte),
    })
  }

  read(chunk: Uint8Array): void {
    this.#marks.decode(chunk)
    // An overrun leaves no mark in the stream; the nearest place known is the end of what had arrived.
    const before = this.#counts
    const now = this.#device.counters
    this.#counts = now
    if (now !== undefined && before !== undefined && now.overrun > before.overrun) this.#report('overrun')
  }

  #pass(bytes: Uint8Array): void {
    this.#offset += bytes.byteLength
    this.#sink()?.data(bytes)
  }

  #bad(byte: number): void {
    const kind = this.#kindOf(byte)
    this.#report(kind)
    if (kind !== 'break') this.#pass(Uint8Array.of(byte))
  }

  /** The kernel marks parity and framing errors alike, and a break as a zero byte with either. */
  #kindOf(byte: number): LineErrorKind {
    const now = this.#device.counters
    const before = this.#counts
    if (now === undefined || before === undefined) return byte === 0 ? 'break' : 'parity'
    for (const kind of ['break', 'framing', 'parity'] as const) {
      if (now[kind] === before[kind]) continue
      // One event is accounted for; the others of this chunk are still to come.
      this.#counts = { ...before, [kind]: before[kind] + 1 }
      return byte !== 0 && kind === 'break' ? 'framing' : kind
    }
    return byte === 0 ? 'break' : 'parity'
  }

  #report(kind: LineErrorKind): void {
    this.#sink()?.lineError({ kind, offset: this.#offset })
  }
}
