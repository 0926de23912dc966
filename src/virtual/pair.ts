import { native } from '../native/index.ts'

/** Two virtual serial ports, joined like real ones by a null-modem cable: what goes into one end comes out of the other. */
export interface Pair {
  /** The path of one end, for `open()`, or for another program. */
  readonly a: string
  /** The path of the other end. */
  readonly b: string
  /**
   * Takes both ends away: a port that still has one open gets `DISCONNECTED`, as if its adapter had been pulled out. Bytes
   * still on their way are lost.
   */
  close(): Promise<void>
  /** The same, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Makes a pair of virtual serial ports, for testing without hardware. They are pseudo-terminals: bytes pass at the speed
 * of memory whatever the baud rate, and there are no control lines, breaks or line errors. What is written to an end that
 * nobody has open waits there. The pair does not keep the process alive.
 *
 * @throws {@link SerialError} `UNSUPPORTED` where the system has no pseudo-terminals, as Windows
 *
 * @example
 * ```ts
 * import { open } from 'baud'
 * import { createPair } from 'baud/virtual'
 *
 * await using pair = await createPair()
 * await using port = await open(pair.a)
 * await using instrument = await open(pair.b)
 * await instrument.write('+1.2345E+0\n')
 * console.log(await port.readLine()) // +1.2345E+0
 * ```
 */
export async function createPair(): Promise<Pair> {
  const cable = await native.createCable()
  return { ...cable, [Symbol.asyncDispose]: () => cable.close() }
}
