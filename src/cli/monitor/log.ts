import { closeSync, openSync, writeSync } from 'node:fs'

/** A file to which the bytes received are appended, at once, so that they are there whatever happens next. */
export class Log {
  readonly path: string
  readonly #fd: number

  /** Throws what `open` throws. */
  constructor(path: string) {
    this.path = path
    this.#fd = openSync(path, 'a')
  }

  /** Throws what `write` throws, on a full disk for one. */
  append(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length;) start += writeSync(this.#fd, bytes, start)
  }

  close(): void {
    closeSync(this.#fd)
  }
}
