import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Cores } from './placement.ts'
import { binaries } from './places.ts'

/** A program that runs beside the one under test, on a core of ours, until it is disposed of. */
export class Companion implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string, undefined>

  constructor(core: string, ...command: readonly string[]) {
    this.#child = spawn('taskset', ['-c', core, ...command], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    const { value } = await this.#lines.next()
    if (value === undefined) throw new Error(`it said no more: ${this.#child.spawnargs.join(' ')}`)
    return value
  }

  /** Gives it a line, and gets its answer. */
  async ask(text: string): Promise<string> {
    this.#child.stdin.write(`${text}\n`)
    return this.line()
  }

  /** Lets it end by itself. */
  async finish(): Promise<void> {
    this.#child.stdin.end()
    await this.#ended()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended()
  }

  async #ended(): Promise<void> {
    const { exitCode, signalCode } = this.#child
    if (exitCode === null && signalCode === null) await once(this.#child, 'exit')
  }
}

/** The other end of the line: a program of bench/far-end, which prints the paths of its ports. */
export class FarEnd extends Companion {
  readonly #occupants: readonly Companion[]

  constructor(cores: Cores, name: string, ...args: readonly (number | string)[]) {
    super(cores.farEnd, join(binaries, name), ...args.map(String))
    this.#occupants = cores.occupied.map((core) => new Companion(core, join(binaries, 'occupy')))
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]()
    for (const occupant of this.#occupants) await occupant[Symbol.asyncDispose]()
  }
}
