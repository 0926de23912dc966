import { SerialError } from './errors.ts'
import type { WaitOptions } from './bound.ts'
import type { SerialPort } from './serial-port.ts'

/** For streams: what arrives next, also when the device went meanwhile and is looked for. */
export async function nextChunk(port: SerialPort, options: WaitOptions): Promise<Buffer> {
  for (;;) {
    try {
      return await port.read(options)
    } catch (error) {
      if (!(error instanceof SerialError) || error.code !== 'DISCONNECTED' || !port.isOpen) throw error
    }
  }
}
