// What the scripts share: where the project is, running its tools, and whether it is installed and built.
// Node alone is needed: these run before anything is installed.
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { pruneDeclarations } from './declarations.mjs'
import { writeDocExamples } from './doc-examples.mjs'

export const root = path.join(import.meta.dirname, '../..')
export const inRoot = (...parts) => path.join(root, ...parts)

/** A command that did not succeed, with all it printed. */
export class Failed extends Error {
  constructor(name, output) {
    super(`${name} failed`)
    this.output = output
  }
}

/** What the tools print is kept and shown later: without colours, which some of them use wherever CI is set. */
const { CI: _ci, FORCE_COLOR: _color, ...environment } = { ...process.env, NO_COLOR: '1' }

/** Runs a program quietly and returns what it printed; throws Failed unless it exits with 0. */
function run(name, file, args, options) {
  const quietly = { cwd: root, env: environment, encoding: 'utf8', maxBuffer: 2 ** 28 }
  const done = spawnSync(file, args, { ...quietly, ...options })
  const output = `${done.stdout ?? ''}${done.stderr ?? ''}${done.error ? `${done.error.message}\n` : ''}`
  if (done.status !== 0) throw new Failed(name, output)
  return output
}

/** npm, the one that started this script where there is one. */
export function npm(...args) {
  const cli = process.env.npm_execpath
  // A .cmd file, which npm is on Windows, starts only through the shell.
  return cli?.endsWith('npm-cli.js')
    ? run(`npm ${args[0]}`, process.execPath, [cli, ...args])
    : run(`npm ${args[0]}`, 'npm', args, { shell: process.platform === 'win32' })
}

/** A script of an installed package, run by this Node. */
export function tool(script, ...args) {
  return run(path.parse(script).name, process.execPath, [inRoot('node_modules', script), ...args])
}

/** When the newest file or folder below this path changed; 0 if there is none. Folders count: a deletion shows there. */
function newest(file) {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat) return 0
  const below = stat.isDirectory() ? readdirSync(file).map((name) => newest(path.join(file, name))) : []
  return Math.max(stat.mtimeMs, ...below)
}

/** Installs what package-lock.json names, if that was not done since the lock file changed. */
export function install(say = () => {}) {
  // npm writes this file last.
  if (newest(inRoot('node_modules/.package-lock.json')) >= newest(inRoot('package-lock.json'))) return
  say('installing…')
  npm('ci', '--include=dev', '--no-audit', '--no-fund')
}

const compile = (config) => tool('typescript/bin/tsc', '--project', config, '--pretty', 'false')

/** The declarations of the exports. */
function declared() {
  const { exports } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  return Object.values(exports).flatMap(({ types }) => types ?? [])
}

/** Compiles src/ into dist/, the package: the declarations, then the JavaScript. */
export function buildPackage() {
  rmSync(inRoot('dist'), { recursive: true, force: true })
  compile('tsconfig.build.json')
  pruneDeclarations(
    inRoot('dist'),
    declared().map((file) => inRoot(file)),
  )
  run('bundle', process.execPath, [inRoot('scripts/bundle.mjs')])
  chmodSync(inRoot('dist/cli/main.js'), 0o755)
}

/** Compiles everything into build/, the examples in the documents too. Needs dist/: the examples import 'baud'. */
export function buildTests() {
  rmSync(inRoot('build'), { recursive: true, force: true })
  writeDocExamples(root)
  compile('tsconfig.json')
}

/** Builds dist/ if a source is newer than it. */
export function buildPackageIfOld(say) {
  const sources = ['src', 'tsconfig.json', 'tsconfig.build.json', 'node_modules/.package-lock.json']
  if (newest(inRoot('dist/cli/main.js')) > Math.max(...sources.map((name) => newest(inRoot(name))))) return
  say('building…')
  buildPackage()
}
