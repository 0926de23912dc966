import type { Counters } from './counters.ts'
import type { SerialError } from './errors.ts'
import type { LineError } from './line-errors.ts'
import type { PortSettings } from './settings.ts'
import type { InputSignals, OutputSignals, Queue } from './signals.ts'

/**
 * What a transport must provide to carry a {@link SerialPort}: bytes and line control, nothing else. Time-outs,
 * framing, strings, streams and "exactly n bytes" live once, above it.
 *
 * The clauses that types can't say:
 *
 * 1. Bytes reach {@link TransportSink.data} in the order of the wire, each once. None is dropped, whatever else
 *    is called meanwhile.
 * 2. The sink is never called from inside a call of the transport's own methods, except from `resume()`.
 * 3. A method that can't do its work throws a `SerialError` with code, path, call and number, or rejects with
 *    one. What the device does not have is `UNSUPPORTED`.
 * 4. After `end` the sink hears nothing more, and only `cancelWrite()` and `close()` may still be called.
 * 5. An open transport keeps the process alive, also while paused, until `unref()`.
 */
export interface Transport {
  /** The device or URL, for messages. */
  readonly path: string

  /** What is in force, with the speed that the device took. */
  readonly settings: PortSettings

  /** Bytes that the system holds for us and has not delivered, 0 where it can't tell. */
  readonly bytesToRead: number

  /** Bytes taken by `write` that have not left the machine, 0 where it can't tell. */
  readonly bytesToWrite: number

  /** Begins delivery; called once, before anything else. */
  start(sink: TransportSink): void

  /**
   * Delivers no more data until `resume`. An end of the device is still told, within a second; one that stands in the
   * stream behind bytes which wait, as that of a socket does, after those. Bytes that the transport itself holds when an
   * end is told are delivered before it: they could not be read later.
   */
  pause(): void
  resume(): void

  /**
   * Takes bytes for sending. Returns their number when all were taken at once; otherwise a promise of it, which
   * resolves to less only after `cancelWrite`. On failure the error carries `bytesTransferred`. The caller keeps
   * the bytes unchanged meanwhile and has one write under way at a time.
   */
  write(data: Uint8Array): number | Promise<number>

  /** Makes the pending write settle soon, with what was taken; bytes not counted are never sent. */
  cancelWrite(): void

  /** Resolves when the last bit has left. When the signal aborts, it rejects with the signal's reason. */
  drain(signal: AbortSignal): Promise<void>

  /** Drops what was received and not delivered, or taken and not sent. */
  purge(queue: Queue): Promise<void>

  /** Applies settings; what is in force afterwards is in {@link Transport.settings}. */
  reconfigure(settings: PortSettings): Promise<void>

  getSignals(): Promise<InputSignals>
  setSignals(signals: OutputSignals): Promise<void>

  /** What the system has counted; absent where it never counts. */
  counters?(): Promise<Counters>

  /**
   * Tells the sink of changes on the input lines while `on`; costs nothing while off. A pulse that is over already is
   * told of with the levels there are.
   */
  watchSignals(on: boolean): void

  ref(): void
  unref(): void

  /**
   * Gives everything back. What was taken by `write` still leaves, as long as the device keeps taking it; bytes
   * stuck behind flow control are dropped, so that closing always ends. A second call returns the first's promise.
   */
  close(): Promise<void>
}

/** Who hears from a {@link Transport}. */
export interface TransportSink {
  /** Bytes arrived. The memory is the transport's again as soon as the call returns. */
  data(chunk: Uint8Array): void
  /** An input line changed, while `watchSignals(true)`. */
  signals(signals: InputSignals): void
  /** Bad things on the wire at this place in the stream, with `lineErrors: 'report'`. */
  lineError(error: LineError): void
  /** The device is gone, or the transport failed: always an error, and always the last call. */
  end(reason: SerialError): void
  /** The device is gone and is being looked for; until {@link TransportSink.found} nothing arrives and nothing can be sent. */
  lost?(reason: SerialError): void
  /** It is there again, under this path, and what arrives from now on comes after a gap. */
  found?(path: string): void
}

/**
 * The blocking twin. Times are in ms, `Infinity` waits for ever and 0 not at all.
 */
export interface TransportSync {
  readonly path: string
  readonly settings: PortSettings
  readonly bytesToRead: number
  readonly bytesToWrite: number

  /**
   * What has arrived, at least one byte, or an empty array when the time is up. The memory is the transport's again
   * at the next call.
   */
  read(timeout: number): Uint8Array
  /** Sends until done or the time is up, and returns how many bytes were taken. */
  write(data: Uint8Array, timeout: number): number
  /** Waits until the last bit has left; false when the time was up first. */
  drain(timeout: number): boolean
  purge(queue: Queue): void
  reconfigure(settings: PortSettings): void
  getSignals(): InputSignals
  setSignals(signals: OutputSignals): void
  counters?(): Counters
  close(): void
}

/**
 * Opens a port of a scheme of your own, for the option `transports` of `open()`. Whatever it checks, it checks before it
 * touches anything, and what it has touched it gives back when it fails.
 *
 * @param url - as it was given to `open()`, such as `radio://7?channel=11`
 * @param settings - what the options ask for, with every default filled in
 * @param signal - ends the opening
 * @returns a transport that nobody has started yet
 */
export type Connect = (
  url: string,
  settings: PortSettings,
  signal: AbortSignal | undefined,
) => Promise<Transport> | Transport

/** The same, blocking, for `openSync()`. */
export type ConnectSync = (url: string, settings: PortSettings) => TransportSync
