import { SerialError } from './errors.ts'
import type { NativePlatform, PortHint, PortInfo, PortWatch } from './native/index.ts'
import { abortSignal, flag, takeOptions } from './validate.ts'
import type { Check, Taken } from './validate.ts'

/** A port that has come or gone. */
export interface PortChange {
  readonly type: 'added' | 'removed'
  /** What was known of it, also when it is gone. */
  readonly port: PortInfo
}

/** For {@link watch}. */
export interface WatchOptions {
  /** Tell of the ports there are already, as added. Default: false. */
  readonly existing?: boolean | undefined
  /** Ends the iteration with `ABORTED`. */
  readonly signal?: AbortSignal | undefined
}

const checks: Readonly<Record<keyof WatchOptions, Check>> = { existing: flag, signal: abortSignal }

/** A copy of these; throws `INVALID_OPTION`. */
export function takeWatchOptions(options: WatchOptions): Taken<WatchOptions> {
  return takeOptions('options', options, checks)
}

type Platform = Pick<NativePlatform, 'list' | 'listSync' | 'watchPorts'>

/** A port of the last listing, and whether it was told of. */
interface Known {
  readonly port: PortInfo
  readonly told: boolean
}

interface Reader {
  resolve(result: IteratorResult<PortChange, undefined>): void
  reject(error: unknown): void
}

/** Turns the system's hints into changes: what comes is looked up in a listing, what goes is what was known. */
export class Watcher implements AsyncIterableIterator<PortChange, undefined> {
  readonly #platform: Platform
  readonly #signal: AbortSignal | undefined
  readonly #source: PortWatch
  readonly #known = new Map<string, Known>()
  readonly #changes: PortChange[] = []
  readonly #readers: Reader[] = []
  /** One hint is dealt with after the other. */
  #work: Promise<void>
  #rescanDue = false
  #ended = false
  #failure: Error | undefined

  constructor(platform: Platform, { existing = false, signal }: WatchOptions) {
    this.#platform = platform
    this.#signal = signal
    // First, so that nothing comes unnoticed between the two.
    this.#source = platform.watchPorts((hint) => this.#hinted(hint))
    this.#work = this.#begin(existing)
    signal?.addEventListener('abort', this.#aborted, { once: true })
    if (signal?.aborted === true) this.#aborted()
  }

  async #begin(existing: boolean): Promise<void> {
    await this.#guarded(async () => {
      for (const port of this.#listAtOnce() ?? (await this.#platform.list())) {
        this.#known.set(port.path, { port, told: existing })
        if (existing) this.#tell({ type: 'added', port })
      }
    })
  }

  /** What is there before the call returns: of that every removal is told. Undefined where it can't be had so soon. */
  #listAtOnce(): readonly PortInfo[] | undefined {
    try {
      return this.#platform.listSync()
    } catch {
      return undefined
    }
  }

  #hinted(hint: PortHint | undefined): void {
    // A listing that is still to come will see it.
    if (hint === undefined && this.#rescanDue) return
    if (hint === undefined) this.#rescanDue = true
    this.#work = this.#work.then(() => this.#guarded(() => this.#follow(hint)))
  }

  /** A listing that fails ends the watch, and whoever iterates hears of it. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    if (this.#ended) return
    try {
      await work()
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  async #follow(hint: PortHint | undefined): Promise<void> {
    if (hint?.action === 'removed') return this.#removed(hint.path)
    if (hint?.port !== undefined) return this.#added(hint.port)
    if (hint === undefined) this.#rescanDue = false
    const ports = await this.#platform.list()
    if (hint === undefined) return this.#compare(ports)
    const port = ports.find(({ path }) => path === hint.path)
    // Gone again already, or no serial port.
    if (port !== undefined) this.#added(port)
  }

  #compare(ports: readonly PortInfo[]): void {
    const now = new Map(ports.map((port) => [port.path, port]))
    for (const [path, { port }] of this.#known) {
      const other = now.get(path)
      if (other === undefined || !same(port, other)) this.#removed(path)
    }
    for (const port of ports) if (!this.#known.has(port.path)) this.#added(port)
  }

  #removed(path: string): void {
    const known = this.#known.get(path)
    if (known === undefined) return
    this.#known.delete(path)
    this.#tell({ type: 'removed', port: known.port })
  }

  #added(port: PortInfo): void {
    const before = this.#known.get(port.path)
    if (before?.told === true && same(before.port, port)) return
    // Another device under this name: that the first one went was missed.
    if (before !== undefined && !same(before.port, port)) this.#removed(port.path)
    this.#known.set(port.path, { port, told: true })
    this.#tell({ type: 'added', port })
  }

  #tell(change: PortChange): void {
    if (this.#ended) return
    const reader = this.#readers.shift()
    if (reader === undefined) this.#changes.push(change)
    else reader.resolve({ done: false, value: change })
  }

  readonly #aborted = (): void => {
    const cause: unknown = this.#signal?.reason
    this.#fail(new SerialError('ABORTED', 'the watching of ports was aborted', { cause }))
  }

  #fail(error: Error): void {
    if (this.#ended) return
    const [first, ...others] = this.#readers.splice(0)
    if (first === undefined) this.#failure = error
    else first.reject(error)
    this.#end(others)
  }

  #end(readers: readonly Reader[]): void {
    if (!this.#ended) this.#source.close()
    this.#ended = true
    this.#signal?.removeEventListener('abort', this.#aborted)
    for (const reader of readers) reader.resolve({ done: true, value: undefined })
  }

  /** The next change; what happened before a failure comes before it. */
  next(): Promise<IteratorResult<PortChange, undefined>> {
    const change = this.#changes.shift()
    if (change !== undefined) return Promise.resolve({ done: false, value: change })
    if (this.#failure !== undefined) {
      const error = this.#failure
      this.#failure = undefined
      return Promise.reject(error)
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
  }

  /** Ends the watching; called when a loop is left. */
  return(): Promise<IteratorResult<PortChange, undefined>> {
    this.#changes.length = 0
    this.#failure = undefined
    this.#end(this.#readers.splice(0))
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }
}

function same(one: PortInfo, other: PortInfo): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
