// npm run bench: baud against its peers; writes docs/performance.md.
//   npm run bench -- --quick       less of everything, in some minutes; writes nothing
//   npm run bench -- --only echo   one part, or several; writes nothing. A wrong name tells which there are
// What is needed beyond the project is made here, where it is missing or old: Debian's packages, the Node lines, the C
// programs (in .cache/bench) and the npm packages to compare with (in bench/peers). The measuring is bench/main.ts's.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { installPrograms, Unavailable } from '../lab/lib/install.mjs'
import { binaryOf, lines } from './lib/nodes.mjs'
import { buildPackageIfOld, Failed, inRoot, install, npm, tool } from './lib/project.mjs'
import { orExplain, progress } from './lib/say.mjs'

/** What is used of Debian's packages, and which these are. */
const fromDebian = {
  gcc: 'gcc',
  '/usr/include/stdio.h': 'libc6-dev',
  '/usr/include/libserialport.h': 'libserialport-dev',
  '/usr/lib/python3/dist-packages/serial': 'python3-serial',
  'x86_64-w64-mingw32-gcc': 'gcc-mingw-w64-x86-64',
}

function installFromDebian() {
  try {
    installPrograms(Object.keys(fromDebian), Object.values(fromDebian))
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    throw new Failed('bench', `${error.message}\n`)
  }
}

/** Whether a file was made after all that it is made from. */
function isNewer(result, sources) {
  return existsSync(result) && sources.every((source) => statSync(source).mtimeMs <= statSync(result).mtimeMs)
}

/** How the programs of a folder are compiled. */
const compilers = {
  'bench/far-end': { compiler: 'gcc', suffix: '', libraries: [] },
  'bench/programs': { compiler: 'gcc', suffix: '', libraries: ['-lserialport'] },
  'bench/programs/windows': {
    compiler: 'x86_64-w64-mingw32-gcc',
    suffix: '.exe',
    libraries: ['-static', '-lwinpthread'],
  },
}

const filesOf = (folder, extension) =>
  readdirSync(inRoot(folder))
    .filter((name) => name.endsWith(extension))
    .map((name) => inRoot(folder, name))

function compileC() {
  mkdirSync(inRoot('.cache/bench'), { recursive: true })
  const headers = ['bench/harness', 'bench/far-end'].flatMap((folder) => filesOf(folder, '.h'))
  for (const [folder, { compiler, libraries, suffix }] of Object.entries(compilers)) {
    for (const source of filesOf(folder, '.c')) {
      const binary = inRoot('.cache/bench', path.basename(source, '.c') + suffix)
      if (isNewer(binary, [source, ...headers])) continue
      const options = ['-O2', '-Wall', '-Wextra', '-Werror', '-Wl,--as-needed']
      const args = [...options, '-o', binary, source, ...libraries]
      const done = spawnSync(compiler, args, { encoding: 'utf8' })
      if (done.status !== 0) throw new Failed(compiler, done.stderr ?? `${done.error?.message}\n`)
    }
  }
}

function compileTypeScript() {
  // A program that was taken away must not be found there.
  rmSync(inRoot('build/bench'), { recursive: true, force: true })
  tool('typescript/bin/tsc', '--project', 'bench/tsconfig.json', '--pretty', 'false')
}

/** Without install scripts: the prebuilt addon that the package brings along is enough. */
function installPeers() {
  const peers = inRoot('bench/peers')
  if (isNewer(`${peers}/node_modules/.package-lock.json`, [`${peers}/package-lock.json`])) return
  progress('installing the peers…')
  npm('ci', '--prefix', peers, '--ignore-scripts')
}

await orExplain(() => {
  if (process.platform !== 'linux') throw new Failed('bench', 'It needs Linux.\n')
  installFromDebian()
  install(progress)
  // First: the benchmarks import 'baud' as a user does.
  buildPackageIfOld(progress)
  compileTypeScript()
  compileC()
  installPeers()
  for (const line of lines) binaryOf(line)
})
const main = [inRoot('build/bench/main.js'), ...process.argv.slice(2)]
process.exitCode = spawnSync(process.execPath, main, { stdio: 'inherit' }).status ?? 1
