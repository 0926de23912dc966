import { SerialPort } from '../index.ts'
import type { SerialOptions } from '../index.ts'
import { LoopPort } from '../loop/index.ts'
import { openChecks, resolveOptions } from '../settings.ts'
import { flag, takeOptions } from '../validate.ts'

/** What `loop()` accepts. Every member may be left out. */
export interface LoopOptions extends Omit<SerialOptions, 'signal'> {
  /** Bytes take the time that they would take on a wire at `baudRate`. Default false: they pass at once. */
  readonly paced?: boolean | undefined
}

/**
 * A port that receives what it sends, as with a plug that joins its pins: RTS comes back as CTS and DTR as DSR, and a
 * break as a break. It is open when it is made; `open('loop://')` gives the same.
 *
 * Flow control holds it up as it would a device: with `'hardware'` while RTS is off, with `'dsr-dtr'` while DTR is, and with
 * `'software'` from an XOFF sent to the next XON. `docs/urls.md` has the rest.
 *
 * @throws {@link SerialError} `INVALID_OPTION`
 *
 * @example
 * ```ts
 * import { loop } from 'baud/virtual'
 *
 * await using port = loop({ flowControl: 'hardware' })
 * await port.setSignals({ rts: false })
 * await port.write('held up\n')
 * console.log((await port.read({ timeout: 50 })).length) // 0
 * await port.setSignals({ rts: true })
 * console.log(await port.readLine()) // held up
 * ```
 */
export function loop(options: LoopOptions = {}): SerialPort {
  const { paced = false, ...rest } = takeOptions('options', options, { ...openChecks, paced: flag })
  return new SerialPort(new LoopPort('loop://', resolveOptions(rest), paced))
}
