import type { SerialError, SerialPort } from '../../index.ts'
import type { LineError } from '../../line-errors.ts'
import type { InputSignals } from '../../signals.ts'

/** What is on or off of the lines that go out. */
export type Outputs = Record<'dtr' | 'rts' | 'break', boolean>

/** Who hears what happens on the line. */
interface Listening {
  (event: 'lineError', listener: (error: LineError) => void): unknown
  (event: 'signals', listener: (inputs: InputSignals) => void): unknown
  (event: 'reconnect', listener: () => void): unknown
}

/** What a client is given: a {@link SerialPort}, or whatever else does as much as one. */
export interface ServedPort extends Pick<
  SerialPort,
  | 'bytesToRead'
  | 'bytesToWrite'
  | 'getSignals'
  | 'isOpen'
  | 'path'
  | 'position'
  | 'purge'
  | 'reconfigure'
  | 'setSignals'
  | 'settings'
> {
  /** As that of a port; one of a client alone resolves when it is the client's no longer. */
  readonly closed: Promise<SerialError | undefined>
  /** False while the device of a port that looks for it is away; absent where somebody else puts back. */
  readonly isConnected?: boolean
  /** The lines as they are, where others may have set them; else they are as this client has left them. */
  readonly outputs?: Readonly<Outputs>
  /** Resolves when all has left; absent where somebody else waits for that. */
  drain?(options: { readonly timeout: number; readonly signal: AbortSignal }): Promise<void>
  read(options: { readonly timeout: number; readonly signal: AbortSignal }): Promise<Uint8Array>
  write(
    data: Uint8Array,
    options: { readonly timeout: number; readonly signal: AbortSignal },
  ): Promise<number>
  readonly on: Listening
  readonly off: Listening
}
