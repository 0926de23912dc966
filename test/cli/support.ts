import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants as flags, openSync } from 'node:fs'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { open } from '../../src/index.ts'
import type { SerialOptions, SerialPort } from '../../src/index.ts'
import { createPair } from '../../src/virtual/index.ts'
import type { Pair } from '../../src/virtual/index.ts'

/** The built program, as it is published. */
const program = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

/** Nothing here takes so long (ms) unless it hangs. */
const patience = 20_000

/** Waits until `text` gives something else than false or undefined. */
export async function eventually<T>(what: () => string, look: () => T | false | undefined): Promise<T> {
  const deadline = performance.now() + patience
  for (;;) {
    const seen = look()
    if (seen !== false && seen !== undefined) return seen
    if (performance.now() > deadline) assert.fail(`in vain: ${what()}`)
    await sleep(5)
  }
}

export interface Outcome {
  /** As a shell tells it: after a signal, 128 and the signal's number. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The program, running; killed at the end of the scope if need be. */
export class Running {
  readonly #child: ChildProcess
  readonly #out: Buffer[] = []
  readonly #err: Buffer[] = []
  readonly #closed: Promise<unknown>

  constructor(
    args: readonly string[],
    stdio: StdioOptions = 'pipe',
    env: Readonly<Record<string, string | undefined>> = {},
  ) {
    const quiet = {
      CI: undefined,
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
      NODE_OPTIONS: undefined,
      BAUD_DEBUG: undefined,
    }
    const environment = { ...process.env, ...quiet, ...env }
    this.#child = spawn(process.execPath, [program, ...args], { stdio, env: environment })
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#out.push(chunk))
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#err.push(chunk))
    this.#closed = once(this.#child, 'close')
    // A program that ends early leaves its input unread.
    this.#child.stdin?.on('error', () => {})
  }

  get stdout(): Buffer {
    return Buffer.concat(this.#out)
  }

  get stderr(): string {
    return Buffer.concat(this.#err).toString()
  }

  /** Gives it input; without data, the end of it. */
  input(data?: string | Uint8Array): void {
    if (data === undefined) this.#child.stdin?.end()
    else this.#child.stdin?.write(data)
  }

  /** Reads no more of its output, as `head` does. */
  closeOutput(): void {
    this.#child.stdout?.destroy()
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Waits until it has printed this. */
  async prints(text: string): Promise<void> {
    await eventually(
      () => `"${text}" in ${this.stdout.toString()}${this.stderr}`,
      () => this.stdout.includes(text) || this.stderr.includes(text),
    )
  }

  async ended(): Promise<Outcome> {
    const late = setTimeout(() => this.#child.kill('SIGKILL'), patience)
    await this.#closed
    clearTimeout(late)
    const { exitCode, signalCode } = this.#child
    const code = exitCode ?? 128 + constants.signals[signalCode ?? 'SIGKILL']
    return { code, stdout: this.stdout.toString(), stderr: this.stderr }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended()
  }
}

/** Runs the program to its end. */
export async function baud(
  args: readonly string[],
  input: string | Uint8Array = '',
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Outcome> {
  await using running = new Running(args, 'pipe', env)
  running.input(input)
  running.input()
  return await running.ended()
}

/** One end of a pair, for the program, whose other end the test holds: a device, or whoever sits at a terminal. */
class FarSide {
  /** What the program is given. */
  readonly path: string
  readonly #pair: Pair
  readonly #port: SerialPort
  readonly #chunks: Buffer[] = []

  /** @param deaf - reads nothing, so that what is sent to it gets stuck */
  constructor(pair: Pair, port: SerialPort, deaf: boolean = false) {
    this.path = pair.a
    this.#pair = pair
    this.#port = port
    if (!deaf) void this.#listen()
  }

  async #listen(): Promise<void> {
    try {
      for await (const chunk of this.#port) this.#chunks.push(chunk)
    } catch {
      // Unplugged.
    }
  }

  get heard(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  async say(data: string | Uint8Array): Promise<void> {
    await this.#port.write(data)
  }

  /** Waits until this has come from the program. */
  async hears(data: string | Uint8Array): Promise<void> {
    const wanted = typeof data === 'string' ? data : Buffer.from(data)
    await eventually(
      () => `${JSON.stringify(data)} in ${JSON.stringify(this.heard.toString())}`,
      () => this.heard.includes(wanted),
    )
  }

  /** Forgets what has come so far. */
  forget(): void {
    this.#chunks.length = 0
  }

  /** Takes both sides away. */
  async unplug(): Promise<void> {
    await this.#port.close()
    await this.#pair.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.unplug()
  }
}

/** A port, and a device on it. */
export class Device extends FarSide {
  static async create(options?: SerialOptions & { readonly deaf?: boolean }): Promise<Device> {
    const { deaf, ...rest } = { deaf: false, ...options }
    const pair = await createPair()
    return new Device(pair, await open(pair.b, rest), deaf)
  }
}

/** A terminal, and somebody who types on it and reads its screen. */
export class Terminal extends FarSide {
  static async create(): Promise<Terminal> {
    const pair = await createPair()
    execFileSync('stty', ['-F', pair.a, 'sane', 'rows', '40', 'columns', '100'])
    return new Terminal(pair, await open(pair.b))
  }

  /** Starts the program on it. */
  run(args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Running {
    const fd = openSync(this.path, flags.O_RDWR | flags.O_NOCTTY)
    try {
      return new Running(args, [fd, fd, fd], { TERM: 'xterm', ...env })
    } finally {
      closeSync(fd)
    }
  }

  /** All settings of the terminal, as stty tells them. */
  settings(): string {
    return execFileSync('stty', ['-a', '-F', this.path], { encoding: 'utf8' })
  }
}
