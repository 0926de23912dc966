/// <reference types="node" preserve="true" />
export { open, openSync } from './open.ts'
export type { OpenOptions, OpenSyncOptions } from './open.ts'
export { list } from './list.ts'
export { watch } from './watch.ts'
export { SerialPort } from './serial-port.ts'
export { SerialPortSync } from './serial-port-sync.ts'
export { SerialError } from './errors.ts'
export type { SerialErrorCode, SerialErrorDetails } from './errors.ts'
export type { SerialPortEvents } from './port-events.ts'
export type { WaitOptions } from './bound.ts'
export type { Counters } from './counters.ts'
export type { PortChange, WatchOptions } from './watcher.ts'
export type { ReadLineOptions, ReadUntilOptions, TextEncoding } from './read-options.ts'
export type { LineError, LineErrorKind } from './line-errors.ts'
export type { InputSignals, OutputSignals, Queue } from './signals.ts'
export type { PortInfo } from './native/index.ts'
export type {
  DataBits,
  FlowControl,
  LineSettings,
  Parity,
  PortSettings,
  ReconfigureOptions,
  Rs485Options,
  SerialOptions,
  StopBits,
} from './settings.ts'
export type { Connect, ConnectSync, Transport, TransportSink, TransportSync } from './transport.ts'
