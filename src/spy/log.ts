import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { logError, warn } from './errors.ts'
import { withoutWait } from './fifo.ts'
import type { Format } from './format.ts'

/** What waits at most to be written. Beyond that the log loses, so that neither the port nor the memory does. */
const limit = 1024 * 1024

/** The longest that closing waits for the log, in ms. */
const patience = 2000

/** Where a log is written. */
export interface Destination {
  readonly file: string | undefined
  /** Whether it goes on, and is not begun anew. */
  readonly again: boolean
}

/** A log that is written while the port goes on. */
export class Log {
  readonly #name: string
  readonly #format: Format
  readonly #stream: Writable
  #lost = 0
  #warned = false

  /** Writes to standard error without a file; `url` is for messages. */
  static async open(
    url: string,
    { again, file }: Destination,
    format: Format,
    signal: AbortSignal | undefined,
  ): Promise<Log> {
    if (file === undefined) return new Log(url, format, process.stderr)
    try {
      return new Log(url, format, await opened(file, again, signal))
    } catch (error) {
      throw logError(url, file, error as NodeJS.ErrnoException)
    }
  }

  constructor(name: string, format: Format, stream: Writable) {
    this.#name = name
    this.#format = format
    this.#stream = stream
    if (this.#isOurs) stream.on('error', (error) => this.#warn(`the log has ended: ${error.message}`))
  }

  /** Standard error is the program's: what goes wrong there is not ours to hear, and it stays open. */
  get #isOurs(): boolean {
    return this.#stream !== process.stderr
  }

  received(bytes: Uint8Array): void {
    if (this.#keepsUp(bytes.byteLength)) this.#write(this.#format.received(bytes))
  }

  sent(bytes: Uint8Array): void {
    if (this.#keepsUp(bytes.byteLength)) this.#write(this.#format.sent(bytes))
  }

  note(label: string, what: string): void {
    if (this.#keepsUp(0)) this.#write(this.#format.control(label, what))
  }

  #keepsUp(bytes: number): boolean {
    if (this.#stream.writableLength < limit) {
      this.#tellLoss()
      return true
    }
    this.#lost += bytes
    this.#warn('the log does not keep up, and leaves bytes out')
    return false
  }

  #tellLoss(): void {
    if (this.#lost === 0) return
    const text = this.#format.control('LOST', `${this.#lost} bytes that the log did not keep up with`)
    this.#lost = 0
    this.#write(text)
  }

  #write(data: string | Uint8Array): void {
    if (data.length > 0 && this.#stream.writable) this.#stream.write(data)
  }

  #warn(what: string): void {
    if (!this.#warned) warn(this.#name, what)
    this.#warned = true
  }

  /** Waits until all is written, within reason. */
  async close(): Promise<void> {
    this.#tellLoss()
    const stop = new AbortController()
    const tooLong = sleep(patience, undefined, { signal: stop.signal }).catch(() => {})
    await Promise.race([this.#flush(), tooLong])
    stop.abort()
    if (this.#isOurs) this.#stream.destroy()
  }

  /** Never rejects: what fails has been warned of. */
  async #flush(): Promise<void> {
    if (this.#isOurs) {
      const done = finished(this.#stream)
      this.#stream.end()
      await done.catch(() => {})
    } else {
      await new Promise((resolve) => this.#stream.write('', resolve))
    }
  }
}

async function opened(file: string, again: boolean, signal: AbortSignal | undefined): Promise<Writable> {
  const isOpen = withoutWait(file)
  const stream = createWriteStream(file, { flags: again ? 'a' : 'w' })
  try {
    await once(stream, 'open', signal && { signal })
    return stream
  } catch (error) {
    stream.destroy()
    throw error
  } finally {
    isOpen()
  }
}
