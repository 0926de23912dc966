import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { SerialError } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import type { ByteStream } from './byte-stream.ts'
import type { Random } from './random.ts'

const bauds = [9600, 19200, 115200, 921600]

/** Ends a call in one of the ways in which a caller may give up; `undefined`: not at all. */
function impatience(random: Random): { timeout?: number; signal?: AbortSignal } {
  const way = random.between(0, 7)
  if (way === 0) return { timeout: 0 }
  if (way === 1) return { timeout: random.between(1, 3) }
  if (way > 2) return {}
  const stop = new AbortController()
  setImmediate(() => stop.abort())
  return { signal: stop.signal }
}

/** How far a call got that gave up; throws any other failure. */
export function gaveUp(error: unknown): number {
  if (!(error instanceof SerialError) || (error.code !== 'TIMEOUT' && error.code !== 'ABORTED')) throw error
  assert.equal(typeof error.bytesTransferred, 'number', error.message)
  return error.bytesTransferred ?? 0
}

/** Time runs out before all has left; throws any other failure. */
function ranOut(error: unknown): void {
  if (!(error instanceof SerialError) || error.code !== 'TIMEOUT') throw error
}

/** Sends so many bytes in random pieces, giving up and going on, and now and then changing the settings. */
export async function sendAll(
  port: SerialPort,
  stream: ByteStream,
  total: number,
  random: Random,
): Promise<void> {
  while (stream.position < total) {
    let rest: Uint8Array = stream.take(
      Math.min(random.between(1, random.once(8) ? 100_000 : 8000), total - stream.position),
    )
    while (rest.byteLength > 0) {
      const sent = await port.write(rest, impatience(random)).catch(gaveUp)
      assert.ok(sent >= 0 && sent <= rest.byteLength, `${sent} of ${rest.byteLength} bytes were written`)
      rest = rest.subarray(sent)
    }
    if (random.once(500)) await sleep(1)
    if (random.once(300))
      await port.reconfigure({ baudRate: bauds[random.between(0, 3)], stopBits: random.once(2) ? 1 : 2 })
    if (random.once(300)) await port.drain({ timeout: 1 }).catch(ranOut)
  }
}

/** Reads so many bytes in every way there is, giving up and going on, and compares each with the stream. */
export async function receiveAll(
  port: SerialPort,
  stream: ByteStream,
  total: number,
  random: Random,
): Promise<void> {
  while (stream.position < total) {
    await receiveSome(port, stream, total - stream.position, random)
    if (random.once(200)) await sleep(random.between(0, 3))
    // What the system still writes to must not be collected.
    if (random.once(300)) global.gc?.()
    if (random.once(300)) await port.reconfigure({ baudRate: bauds[random.between(0, 3)], readTimeout: 1 })
  }
}

async function receiveSome(
  port: SerialPort,
  stream: ByteStream,
  left: number,
  random: Random,
): Promise<void> {
  const size = Math.min(random.between(1, random.once(4) ? 100_000 : 5000), left)
  const way = random.between(0, 5)
  const limits = impatience(random)
  const nothing = (error: unknown): undefined => void gaveUp(error)
  if (way === 0) return check(stream, 'read()', await port.read(limits).catch(nothing))
  if (way <= 2) return check(stream, 'read(size)', await port.read(size, limits).catch(nothing), size)
  if (way === 3)
    return check(stream, 'readExactly', await port.readExactly(size, limits).catch(nothing), size, true)
  if (way === 4) {
    const options = { ...limits, maxBytes: size }
    return check(stream, 'readUntil', await port.readUntil(Uint8Array.of(7, 7), options).catch(nothing), size)
  }
  const text = await port.readLine({ ...limits, maxBytes: size, encoding: 'latin1' }).catch(nothing)
  if (text !== undefined) checkLine(stream, text, size)
}

function check(
  stream: ByteStream,
  what: string,
  bytes: Buffer | undefined,
  most = Infinity,
  exact = false,
): void {
  if (bytes === undefined) return
  assert.ok(bytes.byteLength <= most, `${what} gave ${bytes.byteLength} bytes in place of ${most}`)
  if (exact) assert.equal(bytes.byteLength, most)
  stream.expect(bytes, what)
}

/** A line lacks its end, unless it was cut for being too long. */
function checkLine(stream: ByteStream, text: string, most: number): void {
  stream.expect(Buffer.from(text, 'latin1'), 'readLine')
  if (text.length === most) return
  const [end] = stream.take(1)
  if (end === 0x0d) stream.expect(Uint8Array.of(0x0a), 'the line feed after a carriage return')
  else assert.equal(end, 0x0a, 'a line ended without its line feed')
}
