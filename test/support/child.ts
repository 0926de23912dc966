import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** How a child process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

/** A program of `test/support`, run in a process of its own with this Node. It is killed at the end of the scope. */
export class Child {
  readonly #process
  readonly #begun = performance.now()
  #stdout = ''
  #stderr = ''
  readonly #lines: AsyncIterator<string, undefined>
  /** Resolves when it has ended by itself or by {@link Child.kill}. */
  readonly ended: Promise<Ended>

  constructor(program: string, ...args: string[]) {
    const script = fileURLToPath(new URL(`./${program}.js`, import.meta.url))
    this.#process = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    const { stderr, stdout } = this.#process
    stderr.on('data', (text: Buffer) => (this.#stderr += text.toString()))
    stdout.on('data', (text: Buffer) => (this.#stdout += text.toString()))
    this.#lines = createInterface(stdout)[Symbol.asyncIterator]()
    this.ended = once(this.#process, 'close').then(() => {
      const { exitCode, signalCode } = this.#process
      const ms = performance.now() - this.#begun
      return { code: exitCode, signal: signalCode, stdout: this.#stdout, stderr: this.#stderr, ms }
    })
  }

  get pid(): number {
    return this.#process.pid ?? -1
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    const { done, value } = await this.#lines.next()
    if (done === true) throw new Error(`the child has ended: ${this.#stderr}`)
    return value
  }

  /** Ends it; if no other signal is named, as nothing can be ended more suddenly. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#process.kill(signal)
    await this.ended
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill()
  }
}
