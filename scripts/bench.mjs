// Measures baud against its peers: npm run bench [-- --only echo|blocking|throughput|busy|import] [--quick]
//
// What it needs beyond the project is made here, on demand: the compiled sources, the C programs (in .cache/bench), the
// npm peers (in bench/peers). The measuring is bench/main.ts's.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bench = join(root, 'bench')
const binaries = join(root, '.cache/bench')

if (process.platform !== 'linux') {
  console.error('The benchmarks need Linux: pseudo-terminals, taskset, gcc.')
  process.exit(1)
}

compileTypeScript()
compileC()
installPeers()
process.exitCode =
  run(process.execPath, [join(root, 'build/bench/main.js'), ...process.argv.slice(2)]).status ?? 1

function compileTypeScript() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  // dist/ first: the benchmarks import 'baud' as a user does.
  for (const project of ['tsconfig.build.json', 'bench/tsconfig.json'])
    must(process.execPath, [tsc, '-p', project])
}

function compileC() {
  mkdirSync(binaries, { recursive: true })
  const programs = readdirSync(join(bench, 'programs')).filter((name) => name.endsWith('.c'))
  const helpers = ['far-end.c', 'occupy.c']
  const sources = [...helpers, ...programs.map((name) => join('programs', name))].map((name) =>
    join(bench, name),
  )
  for (const source of sources) {
    const binary = join(binaries, basename(source, '.c'))
    if (isNewer(binary, [source, join(bench, 'payload.h')])) continue
    must('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', binary, source])
  }
}

/** Without install scripts: the prebuilt addon that the package brings along is enough. */
function installPeers() {
  const peers = join(bench, 'peers')
  if (isNewer(join(peers, 'node_modules/.package-lock.json'), [join(peers, 'package-lock.json')])) return
  must('npm', ['ci', '--ignore-scripts'], peers)
}

/** @param {string} result @param {string[]} sources */
function isNewer(result, sources) {
  return existsSync(result) && sources.every((source) => statSync(source).mtimeMs <= statSync(result).mtimeMs)
}

/** @param {string} command @param {string[]} parameters */
function must(command, parameters, cwd = root) {
  const { error, status } = run(command, parameters, cwd)
  if (status === 0) return
  console.error(`${command} ${parameters.join(' ')}: ${error?.message ?? `ended with ${status}`}`)
  process.exit(1)
}

/** @param {string} command @param {string[]} parameters */
function run(command, parameters, cwd = root) {
  return spawnSync(command, parameters, { cwd, stdio: 'inherit' })
}
