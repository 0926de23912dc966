import type { WaitOptions } from './bound.ts'
import { SerialError } from './errors.ts'
import { notOpen } from './failures.ts'
import { nextChunk } from './next-chunk.ts'
import type { SerialPort } from './serial-port.ts'

/**
 * A port's Web streams, made when they are first asked for. The port is closed when either fails, or when both have
 * ended; one that was never asked for counts as ended.
 */
export class WebStreams {
  readonly #port: SerialPort
  #readable: ReadableStream<Uint8Array> | undefined
  #writable: WritableStream<string | Uint8Array> | undefined
  #reading = false

  constructor(port: SerialPort) {
    this.#port = port
  }

  get readable(): ReadableStream<Uint8Array> {
    this.#readable ??= this.#makeReadable()
    return this.#readable
  }

  get writable(): WritableStream<string | Uint8Array> {
    this.#writable ??= this.#makeWritable()
    return this.#writable
  }

  #makeReadable(): ReadableStream<Uint8Array> {
    this.#reading = true
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          // Also without anybody reading: what has arrived is delivered first, by pull; and what the stream was given for a
          // reader who has let go of it, by the stream.
          void this.#port.closed.then((reason) => {
            const isQueued = (controller.desiredSize ?? 0) < 0
            if (this.#port.bytesToRead > 0 || isQueued || !this.#reading) return
            this.#reading = false
            if (reason === undefined) controller.close()
            else controller.error(reason)
          })
        },
        pull: async (controller) => {
          try {
            const chunk = await nextChunk(this.#port, { timeout: Infinity })
            // A copy with memory of its own, which a receiver may transfer.
            controller.enqueue(Uint8Array.from(chunk))
          } catch (error) {
            this.#reading = false
            if (!(error instanceof SerialError) || error.code !== 'PORT_NOT_OPEN') throw error
            controller.close()
          }
        },
        cancel: async () => {
          this.#reading = false
          await this.#port.close()
        },
      },
      // Nothing is read ahead: what nobody has asked for stays in the port, for its other readers.
      { highWaterMark: 0 },
    )
  }

  #makeWritable(): WritableStream<string | Uint8Array> {
    let limits: WaitOptions = {}
    return new WritableStream<string | Uint8Array>({
      start: (controller) => {
        // The one thing that reaches a write under way when the stream is aborted; Node has it, its types not yet.
        limits = { timeout: Infinity, signal: (controller as { signal?: AbortSignal }).signal }
        void this.#port.closed.then((reason) => controller.error(reason ?? notOpen(this.#port.path)))
      },
      write: async (chunk) => {
        try {
          await this.#port.write(chunk, limits)
        } catch (error) {
          await this.#port.close()
          throw error
        }
      },
      close: async () => {
        await this.#port.drain(limits)
        if (!this.#reading) await this.#port.close()
      },
      abort: () => this.#port.close(),
    })
  }
}
