/**
 * What the system has counted of a port. Where it begins to count is the system's affair (Linux: when the driver was
 * bound to the device; Windows: when the port was opened, and for the lines the first look), so what tells something is the difference of two looks. What
 * is not counted is absent.
 */
export interface Counters {
  /** Bytes. */
  readonly received?: number
  /** Bytes. */
  readonly sent?: number
  /** Changes of the line, both ways. */
  readonly cts?: number
  /** Changes of the line, both ways. */
  readonly dsr?: number
  /** Changes of the line, both ways. */
  readonly dcd?: number
  /** Ends of a ring signal. */
  readonly ri?: number
  /** Characters without a stop bit. */
  readonly framing?: number
  /** Characters whose parity bit did not fit. */
  readonly parity?: number
  /** Times that characters were lost, in the UART or in the driver's buffer. */
  readonly overrun?: number
  /** Breaks received. */
  readonly break?: number
}
