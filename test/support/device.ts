import { Child } from './child.ts'
import { onWindows } from './platform.ts'
import { Pseudo } from './pseudo.ts'

/** A device that can be taken away. */
export interface Device extends AsyncDisposable {
  readonly path: string
  vanish(): Promise<void>
}

/** One that goes without a word; also by itself, for a test whose own thread is blocked meanwhile. */
class SuddenDevice implements Device {
  readonly path: string
  readonly vanish: () => Promise<void>
  readonly #what: string
  #killer: Child | undefined

  /** @param what - what the program `killer` takes */
  constructor(path: string, vanish: () => Promise<void>, what: string) {
    this.path = path
    this.vanish = vanish
    this.#what = what
  }

  /** It goes after so many ms. */
  async vanishIn(ms: number): Promise<void> {
    this.#killer = new Child('killer', this.#what, String(ms))
    await this.#killer.line()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#killer?.kill()
    await this.vanish()
  }
}

async function startProcess(...texts: string[]): Promise<SuddenDevice> {
  const child = new Child('far-side', ...texts)
  return new SuddenDevice(await child.line(), () => child.kill(), String(child.pid))
}

async function plugIn(...texts: string[]): Promise<SuddenDevice> {
  const far = new Pseudo()
  for (const text of texts) far.send(text)
  return new SuddenDevice(far.path, async () => far.unplug(), far.path)
}

/**
 * A device that sends these and vanishes suddenly: a process that is killed. On Windows, where its cable would stay, that is
 * pulled out.
 */
export const startDevice: (...texts: string[]) => Promise<SuddenDevice> = onWindows ? plugIn : startProcess
