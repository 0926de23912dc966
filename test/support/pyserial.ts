import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { lacksPackage } from './debian.ts'

/** Debian's Python, for which its python3-serial is; another one that comes first in the path may not have it. */
const python = '/usr/bin/python3'

function hasPySerial(): boolean {
  return spawnSync(python, ['-c', 'import serial.rfc2217']).status === 0
}

/** Why what needs pySerial can't run here, or false. */
export function lacksPySerial(): string | false {
  return lacksPackage('python3-serial', hasPySerial)
}

/** A server on pySerial's PortManager, for `Python.run()`: it is given a port, and first prints where it listens. */
export const portManager: string = fileURLToPath(
  new URL('../../../test/support/port-manager.py', import.meta.url),
)

/** A program in Python; it is ended with the scope. */
export class Python {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string, undefined>
  readonly #ended: Promise<unknown>
  #stderr = ''

  /** @param args - what Python's command line is to be */
  private constructor(args: readonly string[]) {
    const child = spawn(python, ['-u', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process = child
    this.#ended = once(child, 'close')
    child.stderr.on('data', (text: Buffer) => (this.#stderr += text.toString()))
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  }

  /** A program by its text. */
  static say(program: string, ...args: string[]): Python {
    return new Python(['-c', program, ...args])
  }

  /** A program in a file, which leaves no compiled files beside it. */
  static run(file: string, ...args: string[]): Python {
    return new Python(['-B', file, ...args])
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    const { done, value } = await this.#lines.next()
    if (done === true) throw this.#failure
    return value
  }

  get #failure(): Error {
    return new Error(`Python has ended: ${this.#stderr}`)
  }

  /** What is to happen while it runs: fails when it ends before. */
  async during<T>(work: Promise<T>): Promise<T> {
    const ended = this.#ended.then(() => {
      throw this.#failure
    })
    return Promise.race([work, ended])
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isRunning) return
    this.#process.kill('SIGKILL')
    await this.#ended
  }
}
