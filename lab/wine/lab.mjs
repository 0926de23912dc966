// The Windows lab: node.exe in Wine, on COM ports that are pseudo-terminals; in a guest of lab/qemu on null modems.
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { Cables } from './cables.mjs'
import { serveCables } from './control.mjs'
import { fakeLibraries } from './fakes.mjs'
import { root, Unavailable } from '../lib/install.mjs'
import { installWine, nodeExe, windowsModules } from './install.mjs'
import { NullModems } from './null-modems.mjs'
import { lockPrefix, makePrefix, startServer, wineEnvironment } from './prefix.mjs'

/** What a path of this system is called in Wine. */
export const windowsPath = (file) => `Z:${path.resolve(file).replaceAll('/', '\\')}`

/** Where the libraries are that a few tests need; without a compiler these are skipped, but not where all must be run. */
function fakes() {
  try {
    return inGuest ? {} : { BAUD_FAKES: windowsPath(fakeLibraries()) }
  } catch (error) {
    if (!(error instanceof Unavailable) || process.env.CI) throw error
    return {}
  }
}

/** A guest of lab/qemu has the files of this machine, in a layer of its own. */
const inGuest = process.env.BAUD_HARDWARE !== undefined

/**
 * Installs and makes all that a guest can't for itself. Nobody else has the prefix until the function that this returns
 * was called. Throws Unavailable, with the reason.
 */
export async function prepareForGuest(line) {
  installWine()
  nodeExe(line)
  windowsModules()
  const unlock = await lockPrefix()
  makePrefix()
  return unlock
}

/** The exit code of what the lab's end has ended. Source: sh(1), 128 and the number of SIGINT. */
const interrupted = 130

export class WineLab {
  #environment
  #undo = []
  #stopping

  /**
   * Installs what is missing and gets everything ready; throws Unavailable, with the reason, where that can't be done.
   *
   * @param {{ pairs?: number, build?: string }} options how many cables, and where the project was compiled to
   */
  static async start({ pairs = 1, build = path.join(root, 'build') } = {}) {
    installWine()
    const lab = new WineLab()
    try {
      await lab.#prepare(pairs, build)
      return lab
    } catch (error) {
      await lab.stop()
      throw error
    }
  }

  async #prepare(pairs, build) {
    if (!inGuest) this.#undo.push(await lockPrefix())
    makePrefix()
    const cables = inGuest ? new NullModems() : await Cables.from(build)
    this.#undo.push(() => cables.removeAll())
    const names = {}
    for (let number = 1; number <= pairs; number++) {
      const { a, b } = await cables.add()
      const suffix = number === 1 ? '' : number
      names[`BAUD_COM_A${suffix}`] = a
      names[`BAUD_COM_B${suffix}`] = b
    }
    // After the ports: what is there when the server starts is in the registry's list.
    this.#undo.push(startServer())
    const control = serveCables(cables)
    this.#undo.push(() => control.close())
    const NODE_PATH = windowsPath(windowsModules())
    const lab = { BAUD_LAB: windowsPath(control.folder), ...fakes(), NODE_PATH }
    this.#environment = { ...wineEnvironment(), ...names, ...lab }
  }

  /**
   * Runs node.exe and resolves to its exit code.
   *
   * @param {number} line of Node
   * @param {string[]} args
   * @param {{ timeout?: number, onText?: (text: string) => void, onErrorText?: (text: string) => void }} options
   * in seconds; where the output goes
   */
  async run(line, args, options = {}) {
    // Without the lab's server Wine would start one of its own, which nobody would end.
    if (this.#stopping) return interrupted
    const { timeout = 300, onText = (text) => process.stdout.write(text), onErrorText = onText } = options
    const folder = mkdtempSync(path.join(tmpdir(), 'baud-wine-'))
    // Files: node.exe can't write to a pipe of this system (EBADF).
    const [out, err] = ['out', 'err'].map((name) => openSync(path.join(folder, name), 'w+'))
    const follow = [follower(out, onText), follower(err, onErrorText)]
    const stdio = ['ignore', out, err]
    const child = spawn('wine', [nodeExe(line), ...args], { env: this.#environment, cwd: root, stdio })
    const timer = setInterval(() => follow.forEach((more) => more()), 100)
    let late = false
    const watchdog = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeout * 1000)
    const code = await new Promise((resolve) => {
      child.once('exit', (number, signal) => resolve(signal === null ? number : 128))
      child.once('error', () => resolve(127))
    })
    clearInterval(timer)
    clearTimeout(watchdog)
    follow.forEach((more) => more())
    if (late) onErrorText(`\nlab/wine: ended after ${timeout} s: ${args.join(' ')}\n`)
    ;[out, err].forEach((fd) => closeSync(fd))
    rmSync(folder, { recursive: true, force: true })
    if (this.#stopping) return interrupted
    return late ? 124 : code
  }

  /** Ends whatever runs in the prefix and takes the cables away; from then on nothing is run any more. */
  stop() {
    this.#stopping ??= this.#undoAll()
    return this.#stopping
  }

  async #undoAll() {
    for (const undo of this.#undo.splice(0).toReversed()) await undo()
  }
}

/** Hands on what was added to a file since the last call. */
function follower(fd, onText) {
  const chunk = Buffer.alloc(64 * 1024)
  const decoder = new StringDecoder('utf8')
  let position = 0
  return () => {
    for (;;) {
      const count = readSync(fd, chunk, 0, chunk.length, position)
      if (count === 0) return
      position += count
      onText(decoder.write(chunk.subarray(0, count)))
    }
  }
}
