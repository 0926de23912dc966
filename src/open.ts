import { SerialError } from './errors.ts'
import { aborted, failed } from './failures.ts'
import { LastingTransport } from './lasting-transport.ts'
import { howToOpenAgain } from './open-again.ts'
import { SerialPort } from './serial-port.ts'
import { SerialPortSync } from './serial-port-sync.ts'
import { takeOpenOptions } from './settings.ts'
import type { PortSettings, SerialOptions } from './settings.ts'
import type { Opener } from './room.ts'
import type { Connect, ConnectSync, Transport } from './transport.ts'
import { prepare, prepareSync } from './transports.ts'
import { invalid } from './validate.ts'

/** What `open()` accepts. Every member may be left out. */
export interface OpenOptions extends SerialOptions {
  /** URL schemes of your own, for this call: by their names in lower case, what opens them. They go before those of baud. */
  readonly transports?: Readonly<Record<string, Connect>> | undefined
}

/** What `openSync()` accepts. Every member may be left out. */
export interface OpenSyncOptions extends SerialOptions {
  /** URL schemes of your own, for this call: by their names in lower case, what opens them. They go before those of baud. */
  readonly transports?: Readonly<Record<string, ConnectSync>> | undefined
}

/**
 * Opens a serial port.
 *
 * @param path - the device: `/dev/ttyUSB0`, a link such as `/dev/serial/by-id/…`, `COM3`; or a URL: `socket://host:port`, `rfc2217://host:port`,
 * `loop://`, `hwgrep://0403:6001`, `spy:///dev/ttyUSB0?file=log.txt`; see `docs/urls.md`
 * @param options - see {@link SerialOptions}, and `transports`
 * @throws {@link SerialError} `INVALID_OPTION` before anything is touched; `PORT_NOT_FOUND`, `ACCESS_DENIED`, `PORT_BUSY`,
 * `NOT_A_SERIAL_PORT`, `UNSUPPORTED` for a setting that the device does not take or a scheme that is not known,
 * `DISCONNECTED`, `TIMEOUT` when a host does not answer, `ABORTED`, `IO`
 *
 * @example
 * ```ts
 * import { open } from 'baud'
 * import { createPair } from 'baud/virtual'
 *
 * const pair = await createPair()
 * const port = await open(pair.a, { baudRate: 115200, readTimeout: 100 })
 * console.log(await port.read(8)) // <Buffer >
 * await port.close()
 * await pair.close()
 * ```
 *
 * @example
 * A URL:
 * ```ts
 * import { open } from 'baud'
 *
 * await using port = await open('loop://', { readTimeout: 100 })
 * await port.write('what is sent comes back\n')
 * console.log(await port.readLine()) // what is sent comes back
 * ```
 */
export async function open(path: string, options?: OpenOptions): Promise<SerialPort> {
  const { options: taken, settings } = takeOpenOptions(options)
  const { signal, transports } = taken
  const prepareWith = (wanted: PortSettings, again = false) => prepare(path, wanted, transports, again)
  const prepared = prepareWith(settings)
  const start = typeof prepared === 'function' ? prepared : await prepared
  checkSignal(path, signal)
  const openAgain = settings.reconnect ? await howToOpenAgain(path, prepareWith) : undefined
  const transport = await started(start, path, signal)
  const port = await portOf(
    openAgain === undefined ? transport : new LastingTransport(transport, settings, openAgain),
  )
  try {
    checkSignal(path, signal)
    return port
  } catch (error) {
    await port.close()
    throw error
  }
}

/** Whatever a transport says to an opening that was aborted meanwhile, the caller hears that it was. */
async function started(start: Opener, path: string, signal: AbortSignal | undefined): Promise<Transport> {
  try {
    return await start(signal)
  } catch (error) {
    checkSignal(path, signal)
    throw error
  }
}

/** A transport that can't be started is given back. */
async function portOf(transport: Transport): Promise<SerialPort> {
  try {
    return new SerialPort(transport)
  } catch (error) {
    const giveBack = async () => transport.close()
    await giveBack().catch(() => {})
    throw error instanceof SerialError ? error : failed(transport.path, error)
  }
}

/**
 * Opens a serial port whose calls block: for scripts, REPLs and worker threads. The names are those of {@link SerialPort}.
 *
 * @throws {@link SerialError} as {@link open}; `UNSUPPORTED` for a URL whose port can't block, such as `socket://…`
 *
 * @example
 * ```ts
 * import { openSync } from 'baud'
 * import { createPair } from 'baud/virtual'
 *
 * const pair = await createPair()
 * const port = openSync(pair.a)
 * const device = openSync(pair.b)
 * device.write('ready\n')
 * console.log(port.readLine({ timeout: 500 })) // ready
 * port.close()
 * device.close()
 * await pair.close()
 * ```
 */
export function openSync(path: string, options?: OpenSyncOptions): SerialPortSync {
  const { options: taken, settings } = takeOpenOptions(options)
  // Both tell by events, and events need an event loop.
  if (settings.reconnect) throw invalid('reconnect', true, 'false on a blocking port')
  if (settings.lineErrors === 'report') throw invalid('lineErrors', 'report', "'ignore' on a blocking port")
  const start = prepareSync(path, settings, taken.transports)
  checkSignal(path, taken.signal)
  return new SerialPortSync(start())
}

function checkSignal(path: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(path, 'the opening', signal.reason)
}
