/** What can be wrong with a character on the wire. */
export type LineErrorKind = 'parity' | 'framing' | 'overrun' | 'break'

/** One error on the line, placed in the stream of received bytes. */
export interface LineError {
  /**
   * `'parity'`: the parity bit did not fit. `'framing'`: there was no stop bit (wrong speed, most often).
   * `'overrun'`: characters were lost before this place, in the UART or the driver. `'break'`: the line was held low.
   */
  readonly kind: LineErrorKind
  /** How many bytes had been received before it. With `'parity'` and `'framing'` the byte at this place is the bad one. */
  readonly offset: number
}
