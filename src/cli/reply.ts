import { SerialError } from '../errors.ts'
import { timedOut } from '../failures.ts'
import type { SerialPort } from '../index.ts'

/** How to tell the end of a reply: by the time, by its lines, or by its last text. */
export type ReplyEnd =
  | { readonly wait: number }
  | { readonly lines: number; readonly timeout: number }
  | { readonly until: Uint8Array; readonly timeout: number }

type Sink = (bytes: Uint8Array) => Promise<void>

/**
 * Reads a reply, passing it on as it comes; when it does not come whole, what has come of it is passed on first.
 *
 * @throws SerialError `TIMEOUT`, `DISCONNECTED`, `ABORTED`
 */
export async function readReply(
  port: SerialPort,
  end: ReplyEnd,
  signal: AbortSignal,
  sink: Sink,
): Promise<void> {
  let came = 0
  const take: Sink = async (bytes) => {
    came += bytes.byteLength
    await sink(bytes)
  }
  try {
    if ('wait' in end) await readFor(port, end.wait, signal, take)
    else if ('until' in end) await readUpTo(port, end.until, 1, end.timeout, signal, take)
    else await readUpTo(port, Buffer.from('\n'), end.lines, end.timeout, signal, take)
  } catch (error) {
    if (error instanceof SerialError && port.bytesToRead > 0) await take(await port.read({ timeout: 0 }))
    const isLate = error instanceof SerialError && error.code === 'TIMEOUT' && 'timeout' in end
    // That of one piece says how long was left for it, and how much came of it.
    throw isLate ? timedOut(port.path, 'the reply', end.timeout, came) : error
  }
}

async function readFor(port: SerialPort, duration: number, signal: AbortSignal, sink: Sink): Promise<void> {
  const deadline = performance.now() + duration
  for (;;) {
    const chunk = await port.read({ timeout: until(deadline), signal })
    if (chunk.length > 0) await sink(chunk)
    // Also while bytes keep coming: a device that never falls silent is cut off.
    if (performance.now() >= deadline) return
  }
}

/** Reads up to the so-manieth mark. */
async function readUpTo(
  port: SerialPort,
  mark: Uint8Array,
  times: number,
  duration: number,
  signal: AbortSignal,
  sink: Sink,
): Promise<void> {
  const deadline = performance.now() + duration
  for (let found = 0; found < times;) {
    const piece = await port.readUntil(mark, { timeout: until(deadline), signal })
    // A piece of the size at which `readUntil` gives up has no mark.
    if (piece.subarray(-mark.length).equals(mark)) found++
    await sink(piece)
  }
}

/** ms until then. */
function until(deadline: number): number {
  return Math.max(0, Math.ceil(deadline - performance.now()))
}
