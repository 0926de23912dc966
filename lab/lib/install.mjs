// What the labs share: programs of the system, installed where that can be done without asking.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

export const root = path.join(import.meta.dirname, '../..')

/** Why something is not to be had, in words for a developer. */
export class Unavailable extends Error {}

/** The exit code for it. Source: sysexits.h, EX_UNAVAILABLE. */
export const unavailableCode = 69

/** Whether there is a program of this name, or a file at this path. */
const has = (name) => (path.isAbsolute(name) ? existsSync(name) : spawnSync('which', [name]).status === 0)

/** Runs a program and returns what it printed; throws Unavailable, with all that it said, unless it exits with 0. */
export function run(program, args, options) {
  const done = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28, ...options })
  if (done.status === 0) return done.stdout
  const said = `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`
  throw new Unavailable(`${program} ${args.join(' ')} failed:\n${said}`)
}

/** Installs Debian's packages where one of these programs is missing, or of these files, given by their paths. */
export function installPrograms(programs, packages) {
  const missing = () => programs.filter((program) => !has(program))
  if (missing().length === 0) return
  const advice = `install what is missing with: apt-get install --no-install-recommends ${packages.join(' ')}`
  if (process.getuid() !== 0 || !has('apt-get')) {
    throw new Unavailable(`there is no ${missing().join(', no ')} here; ${advice}`)
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  run('apt-get', ['-q', 'update'], { env })
  run('apt-get', ['-qy', 'install', '--no-install-recommends', ...packages], { env })
  if (missing().length > 0)
    throw new Unavailable(`apt-get installed no ${missing().join(', no ')}; ${advice}`)
}
