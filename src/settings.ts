import {
  abortSignal,
  flag,
  integer,
  invalid,
  milliseconds,
  objectOf,
  oneOf,
  schemes,
  takeOptions,
} from './validate.ts'
import type { Check, Taken } from './validate.ts'

/** Bits in a character, without start, parity and stop bits. */
export type DataBits = 5 | 6 | 7 | 8
/** The parity bit: absent, made even or odd, or always 1 (mark) or 0 (space). */
export type Parity = 'none' | 'even' | 'odd' | 'mark' | 'space'
/** Length of the stop bit. 1.5 goes with 5 data bits only, and 2 with 6 to 8: the hardware has no other. */
export type StopBits = 1 | 1.5 | 2
/** Who stops the sender: nobody, RTS and CTS, the characters XON and XOFF, or DTR and DSR. */
export type FlowControl = 'none' | 'hardware' | 'software' | 'dsr-dtr'

/** How characters go over the wire. */
export interface LineSettings {
  /** Speed in bit/s, a whole number from 1; as the device took it, which may be off by up to 2.5 %. */
  readonly baudRate: number
  /** Bits in a character. */
  readonly dataBits: DataBits
  /** The parity bit. */
  readonly parity: Parity
  /** Length of the stop bit. */
  readonly stopBits: StopBits
  /** Who stops the sender when the receiver is full. */
  readonly flowControl: FlowControl
}

/**
 * RS-485: a driver for the pair of wires that is switched on by RTS while sending.
 * Source: Linux, Documentation/driver-api/serial/serial-rs485.
 */
export interface Rs485Options {
  /** On, or (false) back to RS-232. Default true. */
  readonly enabled?: boolean | undefined
  /** The level of RTS while sending. Default true. */
  readonly rtsOnSend?: boolean | undefined
  /** The level of RTS when not sending. Default false. */
  readonly rtsAfterSend?: boolean | undefined
  /** From RTS to the first bit, in whole ms, 0 to 1000. Default 0. */
  readonly delayBeforeSend?: number | undefined
  /** From the last bit to RTS, in whole ms, 0 to 1000. Default 0. */
  readonly delayAfterSend?: number | undefined
  /** Hear what one sends oneself. Default false. */
  readonly receiveDuringSend?: boolean | undefined
  /** Switch the bus termination on, where the hardware has one. Default false. */
  readonly terminate?: boolean | undefined
}

/** What `open()` and `openSync()` accept. Every member may be left out. */
export interface SerialOptions {
  /** Speed in bit/s, a whole number from 1 to 4,294,967,295. Default 9600. */
  readonly baudRate?: number | undefined
  /** Bits in a character. Default 8. */
  readonly dataBits?: DataBits | undefined
  /** The parity bit. Default `'none'`. */
  readonly parity?: Parity | undefined
  /** Length of the stop bit. Default 1. */
  readonly stopBits?: StopBits | undefined
  /** Who stops the sender. Default `'none'`. */
  readonly flowControl?: FlowControl | undefined
  /** Refuse to share the port: a second open fails with `PORT_BUSY`. Default true. */
  readonly exclusive?: boolean | undefined
  /** DTR right after opening. Absent: as the system leaves it, which is on, nearly everywhere. */
  readonly dtr?: boolean | undefined
  /** RTS right after opening. Absent: as the system leaves it, which is on, nearly everywhere. */
  readonly rts?: boolean | undefined
  /** Drop DTR and RTS when the port is closed. Default false: a board that resets on DTR is left alone. */
  readonly hangupOnClose?: boolean | undefined
  /** Milliseconds a read waits unless it says otherwise; 0: not at all; absent: for ever. */
  readonly readTimeout?: number | undefined
  /** Milliseconds a write or drain waits unless it says otherwise; 0: not at all; absent: for ever. */
  readonly writeTimeout?: number | undefined
  /** Milliseconds of silence after a byte that end `read(size)` early. Absent: silence ends nothing. */
  readonly interByteTimeout?: number | undefined
  /**
   * Bytes kept for a reader who has not come yet, 64 to 1 GiB; then the port is paused, and the system's buffer and
   * the flow control take over. At most one chunk (64 KiB, or this size where it is less) arrives on top. Default 1 MiB.
   */
  readonly receiveBufferSize?: number | undefined
  /** Ask the driver to deliver each byte at once rather than in batches. Default: as the driver has it. */
  readonly lowLatency?: boolean | undefined
  /** RS-485 mode. Absent: as the driver has it. */
  readonly rs485?: Rs485Options | undefined
  /**
   * `'report'` emits a `lineError` for each parity, framing or overrun error and break. Default `'ignore'`. A blocking
   * port has no events, and refuses it with `INVALID_OPTION`.
   */
  readonly lineErrors?: 'ignore' | 'report' | undefined
  /** Put the line settings that were found at opening back when closing. Default false. */
  readonly restoreSettingsOnClose?: boolean | undefined
  /**
   * Keep the port when its device goes: look for the same device, whatever its new name, and open it again. The events
   * `disconnect` and `reconnect` tell of it; see {@link SerialPort.isConnected}. Not for blocking ports. Default false.
   */
  readonly reconnect?: boolean | undefined
  /** Ends the opening; has no effect once the port is open. */
  readonly signal?: AbortSignal | undefined
}

/** What `reconfigure()` accepts: all that can change while a port is open. */
export type ReconfigureOptions = Pick<
  SerialOptions,
  | 'baudRate'
  | 'dataBits'
  | 'parity'
  | 'stopBits'
  | 'flowControl'
  | 'readTimeout'
  | 'writeTimeout'
  | 'interByteTimeout'
  | 'lowLatency'
  | 'rs485'
>

/** The settings a port has now: every member decided, except those left to the driver. */
export interface PortSettings extends LineSettings {
  readonly exclusive: boolean
  readonly dtr: boolean | undefined
  readonly rts: boolean | undefined
  readonly hangupOnClose: boolean
  readonly readTimeout: number
  readonly writeTimeout: number
  readonly interByteTimeout: number
  readonly receiveBufferSize: number
  readonly lowLatency: boolean | undefined
  readonly rs485: Required<Rs485Options> | undefined
  readonly lineErrors: 'ignore' | 'report'
  readonly restoreSettingsOnClose: boolean
  readonly reconnect: boolean
}

const defaults: PortSettings = {
  baudRate: 9600,
  dataBits: 8,
  parity: 'none',
  stopBits: 1,
  flowControl: 'none',
  exclusive: true,
  dtr: undefined,
  rts: undefined,
  hangupOnClose: false,
  readTimeout: Infinity,
  writeTimeout: Infinity,
  interByteTimeout: Infinity,
  receiveBufferSize: 1024 * 1024,
  lowLatency: undefined,
  rs485: undefined,
  lineErrors: 'ignore',
  restoreSettingsOnClose: false,
  reconnect: false,
}

const rs485Defaults: Required<Rs485Options> = {
  enabled: true,
  rtsOnSend: true,
  rtsAfterSend: false,
  delayBeforeSend: 0,
  delayAfterSend: 0,
  receiveDuringSend: false,
  terminate: false,
}

const rs485Checks: Readonly<Record<keyof Rs485Options, Check>> = {
  enabled: flag,
  rtsOnSend: flag,
  rtsAfterSend: flag,
  delayBeforeSend: integer(0, 1000, 'ms'),
  delayAfterSend: integer(0, 1000, 'ms'),
  receiveDuringSend: flag,
  terminate: flag,
}

const changeable: Readonly<Record<keyof ReconfigureOptions, Check>> = {
  baudRate: integer(1, 0xffffffff, 'bit/s'),
  dataBits: oneOf([5, 6, 7, 8]),
  parity: oneOf(['none', 'even', 'odd', 'mark', 'space']),
  stopBits: oneOf([1, 1.5, 2]),
  flowControl: oneOf(['none', 'hardware', 'software', 'dsr-dtr']),
  readTimeout: milliseconds,
  writeTimeout: milliseconds,
  interByteTimeout: milliseconds,
  lowLatency: flag,
  rs485: objectOf(rs485Checks),
}

/** Of the options that are not settings; who uses them, names their types. */
interface OtherOptions {
  readonly transports?: unknown
}

/** Of everything that `open()` accepts. */
export const openChecks: Readonly<Record<keyof SerialOptions | keyof OtherOptions, Check>> = {
  ...changeable,
  exclusive: flag,
  dtr: flag,
  rts: flag,
  hangupOnClose: flag,
  receiveBufferSize: integer(64, 1024 ** 3, 'bytes'),
  lineErrors: oneOf(['ignore', 'report']),
  restoreSettingsOnClose: flag,
  reconnect: flag,
  signal: abortSignal,
  transports: schemes,
}

/** A copy of these options, and the settings that they ask for; throws `INVALID_OPTION`. */
export function takeOpenOptions<T extends SerialOptions & OtherOptions>(
  options: T | undefined,
): { options: Taken<T>; settings: PortSettings } {
  const taken = takeOptions<SerialOptions & OtherOptions>('options', options, openChecks)
  const { signal: _, transports: __, ...wanted } = taken
  return { options: taken as Taken<T>, settings: mergeChanges(defaults, withRs485(wanted)) }
}

/** The settings that these options ask for; throws `INVALID_OPTION`. */
export function resolveOptions(options: SerialOptions | undefined): PortSettings {
  return takeOpenOptions(options).settings
}

/** A copy of these changes; throws `INVALID_OPTION`. */
export function takeChanges(changes: ReconfigureOptions): Taken<ReconfigureOptions> {
  if (changes === undefined) throw invalid('options', changes, objectOf(changeable).allowed)
  return withRs485(takeOptions('options', changes, changeable))
}

/** The same with what is said of RS-485 looked at, too. */
function withRs485<T extends Taken<ReconfigureOptions>>(taken: T): T {
  if (taken.rs485 === undefined) return taken
  return { ...taken, rs485: takeOptions('rs485', taken.rs485, rs485Checks) }
}

/** Bits that one character takes on the wire, with start, parity and stop bits. */
export function bitsPerCharacter(line: LineSettings): number {
  return 1 + line.dataBits + (line.parity === 'none' ? 0 : 1) + line.stopBits
}

/** Whether the device must hear of these changes; time-outs are ours alone, and setting the line for them would disturb it. */
export function touchesLine(taken: Taken<ReconfigureOptions>): boolean {
  const ours: readonly string[] = ['readTimeout', 'writeTimeout', 'interByteTimeout']
  return Object.keys(taken).some((name) => !ours.includes(name))
}

/** The settings that these would become; throws `INVALID_OPTION` for what does not go together. */
export function mergeChanges(base: PortSettings, taken: Taken<ReconfigureOptions>): PortSettings {
  const merged: PortSettings = {
    ...base,
    ...taken,
    rs485: mergeRs485(base.rs485, taken.rs485 as Taken<Rs485Options> | undefined),
  }
  checkStopBits(merged)
  return Object.freeze(merged)
}

function mergeRs485(
  now: Required<Rs485Options> | undefined,
  taken: Taken<Rs485Options> | undefined,
): Required<Rs485Options> | undefined {
  return taken === undefined ? now : { ...rs485Defaults, ...now, ...taken }
}

/**
 * UARTs have one bit for "longer stop bit": it means 1.5 with five data bits and 2 with more.
 * Source: Win32 DCB, StopBits; PC16550D data sheet, line control register.
 */
function checkStopBits({ dataBits, stopBits }: LineSettings): void {
  if (stopBits === 1.5 && dataBits !== 5) throw invalid('stopBits', 1.5, `1 or 2 with ${dataBits} data bits`)
  if (stopBits === 2 && dataBits === 5) throw invalid('stopBits', 2, '1 or 1.5 with 5 data bits')
}
