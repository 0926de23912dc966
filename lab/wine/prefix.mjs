// The Wine prefix: made once, served by a wineserver that is ours for as long as a run takes.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Unavailable } from '../lib/install.mjs'
import { cache } from './install.mjs'
import { registryFile } from './registry.mjs'

const prefix = path.join(cache, 'prefix')
const ports = path.join(cache, 'ports')
/** Says what the prefix was made with, once it is. */
const ready = path.join(prefix, 'ready')
const lock = path.join(cache, 'lock')

/** The ports that are also in the registry, where listing finds them; see `nameOf`. */
const registered = 4

/** COM5 and COM6, then COM15 and COM16, and so on: numbers below 10 and above, since these need another prefix. */
export function namesOf(pair) {
  return [`COM${pair * 10 + 5}`, `COM${pair * 10 + 6}`]
}

/** The environment for all that runs in the prefix. */
export function wineEnvironment() {
  const { DISPLAY: _, ...environment } = process.env
  return {
    ...environment,
    WINEPREFIX: prefix,
    WINEARCH: 'win64',
    WINEDEBUG: '-all',
    // No .NET, no browser: else the first start wants to download them.
    WINEDLLOVERRIDES: 'mscoree=;mshtml=',
  }
}

function quietly(program, ...args) {
  const options = { env: wineEnvironment(), stdio: 'ignore', timeout: 120_000 }
  const { status, error } = spawnSync(program, args, options)
  if (status !== 0)
    throw new Unavailable(`${program} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}`)
}

/** What goes into a prefix: one that was made with anything else is made anew. */
function recipe() {
  const hash = createHash('sha256').update(registryFile())
  return hash.update(readFileSync(import.meta.filename)).digest('hex')
}

function make() {
  rmSync(prefix, { recursive: true, force: true })
  mkdirSync(prefix, { recursive: true })
  quietly('wineboot', '-i')
  // Node exits with 216 on what Wine takes itself for at first, Windows 7.
  quietly('wine', 'winecfg', '-v', 'win10')
  for (let pair = 0; pair < registered; pair++) {
    for (const name of namesOf(pair)) {
      quietly('wine', 'reg', 'add', 'HKLM\\Software\\Wine\\Ports', '/v', name, '/d', linkOf(name), '/f')
    }
  }
  const devices = path.join(prefix, 'devices.reg')
  writeFileSync(devices, registryFile())
  quietly('wine', 'regedit', '/S', devices)
  spawnSync('wineserver', ['-k'], { env: wineEnvironment() })
  spawnSync('wineserver', ['-w'], { env: wineEnvironment() })
  writeFileSync(ready, recipe())
}

const linkOf = (name) => path.join(ports, name.toLowerCase())
const deviceOf = (name) => path.join(prefix, 'dosdevices', name.toLowerCase())

function link(target, name) {
  unlink(name)
  symlinkSync(target, name)
}

function unlink(name) {
  if (lstatSync(name, { throwIfNoEntry: false })) rmSync(name)
}

/** Makes a COM port of a terminal; it can be opened at once, also while Wine runs. */
export function addPort(name, terminal) {
  link(terminal, linkOf(name))
  link(linkOf(name), deviceOf(name))
}

export function removePort(name) {
  unlink(deviceOf(name))
  unlink(linkOf(name))
}

/** One run at a time has the prefix; a lock whose owner is gone counts for nothing. */
export async function lockPrefix() {
  mkdirSync(cache, { recursive: true })
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return () => rmSync(lock, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!isAlive(Number(existsSync(lock) && readFileSync(lock, 'utf8')))) rmSync(lock, { force: true })
    await sleep(200)
  }
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Makes the prefix where there is none yet, or an old one. */
export function makePrefix() {
  mkdirSync(ports, { recursive: true })
  if (!existsSync(ready) || readFileSync(ready, 'utf8') !== recipe()) make()
}

/**
 * Starts the prefix's wineserver and returns a way to stop it. In the foreground form: as a daemon it leads a session
 * and takes the first pseudo-terminal for its controlling one.
 */
export function startServer() {
  const server = spawn('wineserver', ['-f', '-p'], { env: wineEnvironment(), stdio: 'ignore' })
  const ended = new Promise((resolve) => server.once('exit', resolve))
  return async () => {
    spawnSync('wineserver', ['-k'], { env: wineEnvironment(), stdio: 'ignore' })
    await Promise.race([ended, sleep(5_000, undefined, { ref: false })])
    server.kill('SIGKILL')
  }
}
