/**
 * What is said on a connection before anything else where a token is asked for. The client sends a line with its token; the
 * server answers with a line, and then the protocol of the door begins, or the connection ends. `docs/serve.md` has it.
 */

const version = 'BAUD/1'

/** Bytes of a line at most, with its end. */
const longestLine = 1024

const lineFeed = 0x0a

/** The client's line. */
export function askWith(token: string): string {
  return `${version} token ${token}\n`
}

/** The token in a client's line; undefined where it is none. */
export function tokenIn(line: string): string | undefined {
  return /^BAUD\/1 token (\S+)$/.exec(line)?.[1]
}

/** The server's line. */
export const welcome: string = `${version} ok\n`

export function denial(why: string): string {
  return `${version} denied ${why}\n`
}

/** What the server's line says; undefined where it is none. */
export function answerIn(line: string): { readonly denied: string | undefined } | undefined {
  if (line === `${version} ok`) return { denied: undefined }
  const [, denied] = /^BAUD\/1 denied (.*)$/.exec(line) ?? []
  return denied === undefined ? undefined : { denied }
}

/** Whether bytes begin as the answer of a server that wanted a token first. */
export function isDenial(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).toString('latin1').startsWith(`${version} denied`)
}

/** How each line begins. */
const beginning = Buffer.from(`${version} `)

/** Takes the first line out of what arrives, a chunk at a time. */
export class FirstLine {
  #bytes: Buffer = Buffer.alloc(0)

  /** The line without its end, and what stands behind it; undefined while it is not whole, `false` when it is none. */
  take(chunk: Uint8Array): { readonly line: string; readonly rest: Buffer } | false | undefined {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    const end = this.#bytes.indexOf(lineFeed)
    const length = end === -1 ? this.#bytes.byteLength : end
    if (length >= longestLine) return false
    const begun = this.#bytes.subarray(0, beginning.byteLength)
    if (!begun.equals(beginning.subarray(0, begun.byteLength))) return false
    if (end === -1) return undefined
    const line = this.#bytes.toString('latin1', 0, end).replace(/\r$/, '')
    return { line, rest: this.#bytes.subarray(end + 1) }
  }
}
