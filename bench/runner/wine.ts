import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Late, parseResult } from './child.ts'
import { Companion, FarEnd } from './companion.ts'
import { checkTaking } from './peers.ts'
import type { About, Peer } from './peers.ts'
import type { Cores } from './placement.ts'
import { binaries, programs, wineHolder } from './places.ts'

/** npm serialport takes 8 s to open a port there. */
const patience = 60

const required = {
  baud: ['echo', 'stream'],
  'baud-blocking': ['echo'],
  serialport: ['echo', 'stream'],
  overlapped: ['echo'],
}

const windowsPath = (file: string) => `Z:${file.replaceAll('/', '\\')}`

/** What lab/wine/hold.mjs says first. */
interface Ready {
  readonly env: NodeJS.ProcessEnv
  readonly node: string
  readonly version: string
}

/** Wine with a COM port, all of it on one core, until it is disposed of. */
export class Wine implements AsyncDisposable {
  readonly #holder: Companion
  readonly #ready: Ready
  readonly #cores: Cores

  private constructor(holder: Companion, ready: Ready, cores: Cores) {
    this.#holder = holder
    this.#ready = ready
    this.#cores = cores
  }

  static async start(cores: Cores): Promise<Wine> {
    const holder = new Companion(cores.program, process.execPath, wineHolder)
    return new Wine(holder, JSON.parse(await holder.line()) as Ready, cores)
  }

  get version(): string {
    return this.#ready.version
  }

  /** The programs for Windows: those for Node, and the floor. */
  async findPeers(): Promise<readonly Peer[]> {
    const node = ['wine', this.#ready.node]
    const script = (id: string) => [...node, windowsPath(join(programs[0] ?? '', `${id}.js`))]
    const commands: Readonly<Record<string, readonly string[]>> = {
      baud: script('baud'),
      'baud-blocking': script('baud-blocking'),
      serialport: script('serialport'),
      overlapped: ['wine', join(binaries, 'overlapped.exe')],
    }
    const peers: Peer[] = []
    for (const [id, command] of Object.entries(commands)) {
      const about = (await this.#run([...command, 'about'])) as About
      peers.push({ ...about, id, command, line: undefined, isBaud: id.startsWith('baud') })
    }
    checkTaking(peers, required)
    return peers
  }

  /** Runs a program at a fresh pseudo-terminal, under the name of a COM port, and gives what it measured. */
  async measure(
    peer: Peer,
    mode: 'echo' | 'stream',
    work: string,
    ...args: readonly number[]
  ): Promise<unknown> {
    await using far = new FarEnd(this.#cores, 'far-end', mode)
    const path = await far.line()
    setClassicalSpeed(path)
    const port = await this.#holder.ask(path)
    return await this.#run([...peer.command, work, port, ...args.map(String)])
  }

  /** Into files: node.exe can't write to a pipe of this system. */
  async #run(command: readonly string[]): Promise<unknown> {
    const folder = mkdtempSync(join(tmpdir(), 'baud-bench-'))
    const files = ['out', 'err'].map((name) => join(folder, name))
    const [out = 0, err = 0] = files.map((file) => openSync(file, 'w'))
    const child = spawn('taskset', ['-c', this.#cores.program, ...command], {
      env: this.#ready.env,
      stdio: ['ignore', out, err],
      timeout: patience * 1000,
      killSignal: 'SIGKILL',
    })
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    for (const file of [out, err]) closeSync(file)
    const [said = '', complaint = ''] = files.map((file) => readFileSync(file, 'utf8'))
    rmSync(folder, { recursive: true })
    if (signal === 'SIGKILL') throw new Late(`${command.join(' ')}\nwas not done after ${patience} s`)
    if (code !== 0) throw new Error(`${command.join(' ')}\nended with ${code ?? signal}\n${complaint}`)
    return parseResult(said)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder.finish()
  }
}

/** Wine knows the classical speeds alone. */
function setClassicalSpeed(path: string): void {
  const { status, stderr } = spawnSync('stty', ['-F', path, '9600'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`stty: ${stderr}`)
}
