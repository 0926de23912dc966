import { exitCodes } from './exit.ts'

const signals = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hangup,
} as const

type Signal = keyof typeof signals

const names = Object.keys(signals) as Signal[]

/**
 * The end of a command before its time: a signal, or an output that nobody reads any more. Commands pass `signal` to all
 * that waits, so that they end through their `finally` and give the port and the terminal back.
 */
export class Stop {
  readonly #controller = new AbortController()
  #code: number | undefined
  readonly #codes: Record<Signal, number> = { ...signals }
  /** What a SIGHUP means where it ends nothing. */
  #reload: (() => void) | undefined

  /** Makes Ctrl-C the regular end of this command. */
  allowInterrupt(): void {
    this.#codes.SIGINT = exitCodes.ok
  }

  /** Makes Ctrl-C and SIGTERM the regular end of this command. */
  allowSignals(): void {
    this.allowInterrupt()
    this.#codes.SIGTERM = exitCodes.ok
  }

  /**
   * Makes a SIGHUP a request to this command, as services take it. Where there is a terminal it says that this one has gone,
   * and ends the command all the same.
   */
  takeHangup(reload: () => void): void {
    if ([process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)) return
    this.#reload = reload
  }

  /** Listens for the signals. The first one ends the command, a second one the process, in the system's own way. */
  listen(): void {
    for (const name of names) process.on(name, () => this.#take(name))
  }

  #take(name: Signal): void {
    if (name === 'SIGHUP' && this.#reload !== undefined) return this.#reload()
    if (!this.signal.aborted) return this.now(this.#codes[name])
    // What the first one began has not come to that yet, and nobody else does it.
    if (process.stdin.isTTY && process.stdin.isRaw) process.stdin.setRawMode(false)
    this.release()
    process.kill(process.pid, name)
  }

  /** From here on a signal has its usual effect, but for a request. */
  release(): void {
    for (const name of names) {
      if (name !== 'SIGHUP' || this.#reload === undefined) process.removeAllListeners(name)
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The exit code, once it is over. */
  get code(): number | undefined {
    return this.#code
  }

  now(code: number): void {
    this.#code ??= code
    this.#controller.abort()
  }

  /** Resolves when it is over. */
  async over(): Promise<void> {
    if (this.signal.aborted) return
    await new Promise((resolve) => this.signal.addEventListener('abort', resolve, { once: true }))
  }
}
