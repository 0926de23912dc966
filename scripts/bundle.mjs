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
  ...['linux', 'darwin'].flatMap((system) => [`native/${system}/pty`, `native/${system}/relay-worker`]),
]

await build({
  entryPoints: entries.map((entry) => ({ in: inRoot('src', `${entry}.ts`), out: entry })),
  outdir: inRoot('dist'),
  chunkNames: 'shared/[name]-[hash]',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  // The oldest line that is supported; it has no `using`, which is rewritten.
  target: 'node20.19',
  sourcemap: true,
  // The sources are shipped beside.
  sourcesContent: false,
  logLevel: 'warning',
})
