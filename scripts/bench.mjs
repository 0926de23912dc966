// npm run bench: baud against its peers; writes docs/performance.md.
//   npm run bench -- --quick       less of everything, in a minute; writes nothing
//   npm run bench -- --only echo   one part: echo, blocking, throughput, busy or import; writes nothing
// What is needed beyond the project is made here, where it is missing or old: the C programs (in .cache/bench) and the npm
// packages to compare with (in bench/peers). The measuring is bench/main.ts's.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { buildPackageIfOld, Failed, inRoot, install, npm, tool } from './lib/project.mjs'
import { orExplain, progress } from './lib/say.mjs'

/** Whether a file was made after all that it is made from. */
function isNewer(result, ...sources) {
  return existsSync(result) && sources.every((source) => statSync(source).mtimeMs <= statSync(result).mtimeMs)
}

function compileC() {
  mkdirSync(inRoot('.cache/bench'), { recursive: true })
  const sources = ['bench', 'bench/programs'].flatMap((folder) =>
    readdirSync(inRoot(folder))
      .filter((name) => name.endsWith('.c'))
      .map((name) => inRoot(folder, name)),
  )
  for (const source of sources) {
    const binary = inRoot('.cache/bench', path.basename(source, '.c'))
    if (isNewer(binary, source, inRoot('bench/payload.h'))) continue
    const done = spawnSync('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', binary, source], {
      encoding: 'utf8',
    })
    if (done.status !== 0) throw new Failed('gcc', done.stderr ?? `${done.error?.message}\n`)
  }
}

/** Without install scripts: the prebuilt addon that the package brings along is enough. */
function installPeers() {
  const peers = inRoot('bench/peers')
  if (isNewer(`${peers}/node_modules/.package-lock.json`, `${peers}/package-lock.json`)) return
  progress('installing the peers…')
  npm('ci', '--prefix', peers, '--ignore-scripts')
}

await orExplain(() => {
  if (process.platform !== 'linux') throw new Failed('bench', 'It needs Linux, gcc and taskset.\n')
  install(progress)
  // First: the benchmarks import 'baud' as a user does.
  buildPackageIfOld(progress)
  tool('typescript/bin/tsc', '--project', 'bench/tsconfig.json', '--pretty', 'false')
  compileC()
  installPeers()
})
const main = [inRoot('build/bench/main.js'), ...process.argv.slice(2)]
process.exitCode = spawnSync(process.execPath, main, { stdio: 'inherit' }).status ?? 1
