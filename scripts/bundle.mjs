// The JavaScript of the package: each entry with what it needs, in few files. Loading a module costs Node a third of a
// millisecond, whatever its size, and the sources are many small ones. Nothing is renamed or shortened: it is read, too.
import { build } from 'esbuild'
import { inRoot } from './lib/project.mjs'

/** What is loaded by name: the exports, the program, and what finds a worker's file beside itself. */
const entries = [
  'index',
  'virtual/index',
  'win32/index',
  'cli/main',
  ...['linux', 'darwin'].map((system) => `native/${system}/pty`),
]

/** Threads, which share no module with the rest: whole, so that the rest is cut into fewer pieces for them. */
const threads = ['linux', 'darwin'].map((system) => `native/${system}/relay-worker`)

const settings = {
  outdir: inRoot('dist'),
  chunkNames: 'shared/[name]-[hash]',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  // The oldest line that is supported; it has no `using`, which is rewritten.
  target: 'node20.19',
  sourcemap: true,
  // The sources are shipped beside.
  sourcesContent: false,
  logLevel: 'warning',
}

const points = (names) => names.map((name) => ({ in: inRoot('src', `${name}.ts`), out: name }))

await build({ ...settings, entryPoints: points(entries), splitting: true })
await build({ ...settings, entryPoints: points(threads) })
