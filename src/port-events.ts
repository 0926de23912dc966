import type { EventEmitter } from 'node:events'
import type { SerialError } from './errors.ts'
import type { LineError } from './line-errors.ts'
import type { InputSignals } from './signals.ts'

/** The events of a {@link SerialPort}, with what their listeners are given. */
export interface SerialPortEvents {
  /**
   * An input line changed; the levels now. A pulse that was over before it was seen, which some drivers count, is told of
   * too. The lines are looked at while somebody listens.
   */
  signals: [InputSignals]
  /** An error on the line, with `lineErrors: 'report'`. */
  lineError: [LineError]
  /** The device is gone and is being looked for, with `reconnect: true`. */
  disconnect: [SerialError]
  /** The device is there again, and open under this path. */
  reconnect: [string]
  /** The port is closed: without an argument after `close()`, with the reason when the device went. The last event. */
  close: [SerialError | undefined]
}

/** Emits; what a listener throws is the program's failure, and not that of whatever the port was doing. */
export function tell<E extends keyof SerialPortEvents>(
  port: EventEmitter,
  event: E,
  ...args: SerialPortEvents[E]
): void {
  try {
    port.emit(event, ...args)
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}

/** Calls back before an event gets its first listener, and after it has lost the last. */
export function followListeners(
  port: EventEmitter,
  event: keyof SerialPortEvents,
  changed: (isHeard: boolean) => void,
): void {
  // The count is 0 both times.
  const follow = (isHeard: boolean) => (name: unknown) => {
    if (name === event && port.listenerCount(event) === 0) changed(isHeard)
  }
  port.on('newListener', follow(true))
  port.on('removeListener', follow(false))
}
