import type { PortChange, WatchOptions } from './watcher.ts'
import { Watcher, takeWatchOptions } from './watcher.ts'
import { native } from './native/index.ts'

/**
 * Tells of serial ports that are plugged in and pulled out, with all that {@link list} tells of them. It begins with the
 * call: a port that comes after it is told of, even if it comes before anybody iterates; one that comes while a listing
 * is under way may be in both. Leaving the loop ends it, and until then it keeps the process alive.
 *
 * Linux tells by netlink, which is asked every 50 ms, and after udev has set the permissions where there is a udev; Windows by
 * `CM_Register_Notification`, ports without a device interface within 10 s. Elsewhere, and in worker threads on Windows, the
 * ports are listed once a second.
 *
 * @throws {@link SerialError} `INVALID_OPTION`, `UNSUPPORTED` on a system that baud does not know; while iterating
 * `ABORTED`
 *
 * @example
 * ```ts
 * import { watch } from 'baud'
 *
 * for await (const { port, type } of watch({ existing: true })) {
 *   console.log(type, port.path, port.product) // added /dev/ttyUSB0 FT232R USB UART
 * }
 * ```
 */
export function watch(
  options: WatchOptions = {},
): AsyncIterableIterator<PortChange, undefined> & AsyncDisposable {
  return new Watcher(native, takeWatchOptions(options))
}
