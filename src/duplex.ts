import { Duplex } from 'node:stream'
import { SerialError } from './errors.ts'
import { nextChunk } from './next-chunk.ts'
import type { SerialPort } from './serial-port.ts'

/** A Node stream over a port: whatever ends the one closes the other. */
export function toDuplex(port: SerialPort): Duplex {
  const stop = new AbortController()
  const waitForEver = { timeout: Infinity, signal: stop.signal }

  let reading = false
  /** A chunk is on its way to the stream. */
  let fetching = false

  const stream = new Duplex({
    autoDestroy: true,
    // Nothing is read ahead: what nobody has asked for stays in the port, and is still there when the device goes.
    readableHighWaterMark: 0,
    read() {
      reading = fetching = true
      nextChunk(port, waitForEver).then(
        (chunk) =>
          process.nextTick(() => {
            fetching = false
            stream.push(chunk)
          }),
        (error: unknown) => endOf(stream, error),
      )
    },
    write(chunk: Uint8Array, _encoding, done) {
      later(port.write(chunk, waitForEver), done)
    },
    final(done) {
      later(port.drain(waitForEver), done)
    },
    destroy(error, done) {
      stop.abort()
      port.close().then(
        () => done(error),
        (failure: Error) => done(error ?? failure),
      )
    },
  })
  // A stream of which only the writing half was ever used is done when that is.
  stream.once('finish', () => {
    if (!reading) stream.destroy()
  })
  // Also without anybody reading, the end of the port is the end of the stream; what has arrived is delivered first.
  void port.closed.then((reason) => {
    // The read that follows the one under way hears of the end.
    if (stream.destroyed || fetching) return
    if (reason === undefined) stream.push(null)
    else if (port.bytesToRead === 0 && stream.readableLength === 0) stream.destroy(reason)
    stream.read(0)
  })
  // Nothing can be written any more either.
  stream.once('end', () => stream.destroy())
  return stream
}

/**
 * Calls back outside of any promise: what a listener of the stream throws is then the program's uncaught exception, as
 * with every stream.
 */
function later(work: Promise<unknown>, done: (error?: Error | null) => void): void {
  work.then(
    () => process.nextTick(done),
    (error: Error) => process.nextTick(done, error),
  )
}

/** A port closed in the regular way is the end of the stream, anything else its failure. */
function endOf(stream: Duplex, error: unknown): void {
  if (stream.destroyed) return
  if (error instanceof SerialError && error.code === 'PORT_NOT_OPEN') stream.push(null)
  else stream.destroy(error as Error)
}
