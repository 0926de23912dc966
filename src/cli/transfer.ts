import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { addAbortSignal } from 'node:stream'
import { SerialError } from '../errors.ts'
import { timedOut } from '../failures.ts'
import type { SerialPort, WaitOptions } from '../index.ts'
import { Progress } from './progress.ts'
import type { Out } from './style.ts'

/** Small, so that the progress is true and a cancelled transfer ends soon. */
const pieceSize = 1024

/**
 * Sends a file, showing how far it is, and waits until it has left.
 *
 * @returns how many bytes were sent; fewer than the file has when the signal aborted
 */
export async function sendFile(
  port: SerialPort,
  path: string,
  stream: Out,
  limits: WaitOptions,
): Promise<number> {
  const { size } = await stat(path)
  let taken = 0
  const progress = new Progress(stream, basename(path), size, () => taken - port.bytesToWrite)
  try {
    for await (const piece of createReadStream(path, { highWaterMark: pieceSize })) {
      taken += await port.write(piece as Uint8Array, limits)
    }
    await port.drain(limits)
    return taken
  } catch (error) {
    if (!(error instanceof SerialError) || error.code !== 'ABORTED')
      throw ofAll(error, `the sending of ${size} bytes`, taken, limits)
    const sent = taken + (error.bytesTransferred ?? 0) - port.bytesToWrite
    await port.purge('output')
    return sent
  } finally {
    progress.end()
  }
}

/**
 * Sends standard input until it ends, which is not to be a terminal. The signal and the end of the port end it too:
 * otherwise it would wait for an input that never comes.
 *
 * @returns how many bytes were sent
 */
export async function sendInput(port: SerialPort, limits: WaitOptions): Promise<number> {
  const { stdin } = process
  if (limits.signal !== undefined) addAbortSignal(limits.signal, stdin)
  void port.closed.then((reason) => stdin.destroy(reason))
  let sent = 0
  try {
    for await (const chunk of stdin) sent += await port.write(chunk as Uint8Array, limits)
    return sent
  } catch (error) {
    throw ofAll(error, 'the sending', sent, limits)
  }
}

/** A time-out of one piece is told with all that went, and not with what went of that piece. */
function ofAll(error: unknown, what: string, before: number, { timeout = 0 }: WaitOptions): unknown {
  if (!(error instanceof SerialError) || error.code !== 'TIMEOUT') return error
  const { bytesTransferred, path = '' } = error
  return bytesTransferred === undefined ? error : timedOut(path, what, timeout, before + bytesTransferred)
}
