import { accessSync, constants } from 'node:fs'
import { open } from '../../index.ts'
import type { SerialPort, WaitOptions } from '../../index.ts'
import { lineEnds, parseHex, unescape } from '../bytes.ts'
import type { LineEnd } from '../bytes.ts'
import { UsageError, describe, exitCodes } from '../exit.ts'
import { serialOptions } from '../options.ts'
import type { LineFlags } from '../options.ts'
import { readReply } from '../reply.ts'
import type { ReplyEnd } from '../reply.ts'
import type { Stop } from '../stop.ts'
import { print } from '../style.ts'
import { sendFile, sendInput } from '../transfer.ts'
import { View } from '../view/view.ts'

export interface SendFlags extends LineFlags {
  readonly escapes?: boolean
  readonly hex?: string
  readonly file?: string
  readonly eol: LineEnd
  readonly wait?: number
  readonly lines?: number
  readonly until?: string
  readonly timeout?: number
  readonly json?: boolean
}

/** Sends, and resolves to the number of bytes. */
type Send = (port: SerialPort, limits: WaitOptions) => Promise<number>

/** `baud send`: data to a port, and its reply to standard output. */
export async function send(
  path: string,
  words: readonly string[],
  flags: SendFlags,
  stop: Stop,
): Promise<number> {
  const job = chooseSource(words, flags)
  const end = chooseEnd(flags)
  const limits = { timeout: flags.timeout, signal: stop.signal }
  // What comes while a long file is still being sent must find room.
  const receiveBufferSize = 1024 ** 3
  await using port = await open(path, { ...serialOptions(flags), receiveBufferSize, signal: stop.signal })
  const sent = (await job(port, limits)) + (await port.write(lineEnds[flags.eol], limits))
  await port.drain(limits)
  const reply = new ReplyPrinter(flags.json === true)
  try {
    if (end !== undefined) await readReply(port, end, stop.signal, (bytes) => reply.take(bytes))
    await reply.finish({ port: path, sent })
  } catch (error) {
    await reply.finish({ port: path, sent, error: describe(error) })
    throw error
  }
  return exitCodes.ok
}

function chooseSource(words: readonly string[], flags: SendFlags): Send {
  const { file, hex } = flags
  const given = [words.length > 0, hex !== undefined, file !== undefined].filter(Boolean).length
  if (given > 1) throw new UsageError('give one of data, --hex and --file')
  if (file !== undefined) return fileSource(file)
  if (given === 0) return inputSource()
  const data = hex === undefined ? toBytes(words.join(' '), flags) : parseHex(hex)
  return (port, limits) => port.write(data, limits)
}

function fileSource(file: string): Send {
  // Before the port is touched.
  accessSync(file, constants.R_OK)
  return (port, limits) => sendFile(port, file, process.stderr, limits)
}

function inputSource(): Send {
  if (process.stdin.isTTY) throw new UsageError('nothing to send: give data, --hex, --file or a pipe')
  return sendInput
}

function chooseEnd(flags: SendFlags): ReplyEnd | undefined {
  const { lines, timeout = 2000, until, wait } = flags
  if ([wait, lines, until].filter((end) => end !== undefined).length > 1) {
    throw new UsageError('give one of --wait, --lines and --until')
  }
  if (wait !== undefined) return { wait }
  if (lines !== undefined) return { lines, timeout }
  if (until === '') throw new UsageError('--until needs a text that is not empty')
  return until === undefined ? undefined : { until: toBytes(until, flags), timeout }
}

function toBytes(text: string, { escapes }: SendFlags): Uint8Array {
  return escapes === true ? unescape(text) : Buffer.from(text)
}

/** Prints a reply as it comes, made safe on a terminal and unchanged elsewhere; or, as JSON, when it is over. */
class ReplyPrinter {
  readonly #json: boolean
  readonly #chunks: Uint8Array[] = []
  readonly #view: View = new View(
    { hex: false, timestamps: false, raw: false, encoding: 'utf8' },
    process.stdout,
  )

  constructor(json: boolean) {
    this.#json = json
  }

  async take(bytes: Uint8Array): Promise<void> {
    this.#chunks.push(bytes)
    if (!this.#json) await print(process.stdout, process.stdout.isTTY ? this.#view.show(bytes) : bytes)
  }

  async finish(facts: Readonly<Record<string, unknown>>): Promise<void> {
    const bytes = Buffer.concat(this.#chunks)
    const outcome = { ...facts, reply: bytes.toString(), replyHex: bytes.toString('hex') }
    if (this.#json) return print(process.stdout, `${JSON.stringify(outcome, null, 2)}\n`)
    const openLine = process.stdout.isTTY && bytes.length > 0 && bytes.at(-1) !== 0x0a
    if (openLine) await print(process.stdout, '\n')
  }
}
