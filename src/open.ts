import { aborted } from './failures.ts'
import { native } from './native/index.ts'
import { SerialPort } from './serial-port.ts'
import { SerialPortSync } from './serial-port-sync.ts'
import { resolveOptions } from './settings.ts'
import type { PortSettings, SerialOptions } from './settings.ts'
import type { Transport } from './transport.ts'
import { parseTarget } from './url.ts'
import { invalid } from './validate.ts'

/**
 * Opens a serial port.
 *
 * @param path - the device: `/dev/ttyUSB0`, a link such as `/dev/serial/by-id/…`, `COM3`
 * @param options - see {@link SerialOptions}
 * @throws {@link SerialError} `INVALID_OPTION` before anything is touched; `PORT_NOT_FOUND`, `ACCESS_DENIED`, `PORT_BUSY`,
 * `NOT_A_SERIAL_PORT`, `UNSUPPORTED` for a setting that the device does not take, `DISCONNECTED`, `ABORTED`, `IO`
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
 */
export async function open(path: string, options?: SerialOptions): Promise<SerialPort> {
  const settings = resolveOptions(options)
  const target = parseTarget(path)
  const signal = options?.signal
  checkSignal(target, signal)
  const port = new SerialPort(await openNative(target, settings, signal))
  try {
    checkSignal(target, signal)
    return port
  } catch (error) {
    await port.close()
    throw error
  }
}

async function openNative(
  target: string,
  settings: PortSettings,
  signal: AbortSignal | undefined,
): Promise<Transport> {
  try {
    return await native.open(target, settings, signal)
  } catch (error) {
    checkSignal(target, signal)
    throw error
  }
}

/**
 * Opens a serial port whose calls block: for scripts, REPLs and worker threads. The names are those of {@link SerialPort}.
 *
 * @throws {@link SerialError} as {@link open}
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
export function openSync(path: string, options?: SerialOptions): SerialPortSync {
  const settings = resolveOptions(options)
  // Its reports are events, and events need an event loop.
  if (settings.lineErrors === 'report') throw invalid('lineErrors', 'report', "'ignore' on a blocking port")
  const target = parseTarget(path)
  checkSignal(target, options?.signal)
  return new SerialPortSync(native.openSync(target, settings))
}

function checkSignal(path: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(path, 'the opening', signal.reason)
}
