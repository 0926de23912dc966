import { closeSync, openSync, writeSync } from 'node:fs'
import { logError, warn } from './errors.ts'
import { withoutWait } from './fifo.ts'
import type { Format } from './format.ts'

const standardError = 2

/** A log that is written before the port goes on: nothing goes on beside a blocking port. */
export class LogSync {
  readonly #name: string
  readonly #format: Format
  #fd: number
  #failed = false

  /** Begins a file anew, or writes to standard error; `url` is for messages. */
  static open(url: string, file: string | undefined, format: Format): LogSync {
    if (file === undefined) return new LogSync(url, format, standardError)
    try {
      return new LogSync(url, format, opened(file))
    } catch (error) {
      throw logError(url, file, error as NodeJS.ErrnoException)
    }
  }

  private constructor(name: string, format: Format, fd: number) {
    this.#name = name
    this.#format = format
    this.#fd = fd
  }

  received(bytes: Uint8Array): void {
    this.#write(this.#format.received(bytes))
  }

  sent(bytes: Uint8Array): void {
    this.#write(this.#format.sent(bytes))
  }

  note(label: string, what: string): void {
    this.#write(this.#format.control(label, what))
  }

  #write(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    try {
      for (let done = 0; done < bytes.byteLength && !this.#failed;) done += writeSync(this.#fd, bytes, done)
    } catch (error) {
      this.#failed = true
      warn(this.#name, `the log has ended: ${(error as Error).message}`)
    }
  }

  close(): void {
    if (this.#fd !== standardError) closeSync(this.#fd)
    this.#fd = standardError
    this.#failed = true
  }
}

function opened(file: string): number {
  const isOpen = withoutWait(file)
  try {
    return openSync(file, 'w')
  } finally {
    isOpen()
  }
}
