import type { SerialOptions, SerialPort, SerialPortSync } from '../../src/index.ts'

/** Two ends that are joined, each open, with the machinery that tests of a transport need. */
export interface Connection {
  readonly port: SerialPort
  readonly peer: SerialPort
  /** Takes the device under `port` away. */
  readonly unplug: () => Promise<void>
  readonly close: () => Promise<void>
}

/** The same with blocking ends. */
export interface ConnectionSync {
  readonly port: SerialPortSync
  readonly peer: SerialPortSync
  readonly unplug: () => Promise<void>
  readonly close: () => Promise<void>
}

/** What a kind of port does not have, so that a clause says what is so instead, or does not apply. */
export type Missing = 'break' | 'unplugging'

/** A place where a transport can be tried; the suites run in each. */
export interface Lab {
  readonly name: string
  readonly lacks?: readonly Missing[]
  /** Has CTS, DSR, DCD and RI. */
  readonly hasControlLines: boolean
  connect(options?: SerialOptions): Promise<Connection>
}

export interface LabSync {
  readonly name: string
  readonly lacks?: readonly Missing[]
  readonly hasControlLines: boolean
  connect(options?: SerialOptions): Promise<ConnectionSync>
}
