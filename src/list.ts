import { native } from './native/index.ts'
import type { PortInfo } from './native/index.ts'

/**
 * The serial ports of this machine, in natural order (`ttyUSB2` before `ttyUSB10`). None is opened or disturbed.
 *
 * @throws {@link SerialError} `UNSUPPORTED` on a system that baud does not know
 *
 * @example
 * ```ts
 * import { list } from 'baud'
 *
 * for (const { path, product, vendorId } of await list()) console.log(path, vendorId, product)
 * ```
 */
export function list(): Promise<PortInfo[]> {
  return native.list()
}
