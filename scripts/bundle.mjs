// The JavaScript of the package: each entry with what it needs, in few files. Loading a module costs Node a third of a
// millisecond, whatever its size, and the sources are many small ones. Nothing is renamed or shortened: it is read, too.
import { readFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { inRoot } from './lib/project.mjs'

/** What is loaded by name: the exports, the program, what finds a worker's file beside itself, and what src/load.ts loads. */
const entries = [
  'index',
  'virtual/index',
  'rfc2217/index',
  'win32/index',
  'cli/main',
  ...['linux', 'darwin'].map((system) => `native/${system}/pty`),
  ...['alt', 'hwgrep', 'loop', 'rfc2217/client', 'spy', 'tcp'].map((room) => `${room}/index`),
  ...['linux/list', 'darwin/list', 'win32/listing/list'].map((list) => `native/${list}`),
]

/** Threads, which share no module with the rest: whole, so that the rest is cut into fewer pieces for them. */
const threads = ['linux', 'darwin'].map((system) => `native/${system}/relay-worker`)

const settings = {
  outdir: inRoot('dist'),
  // Beside index.js, as src/load.ts is beside index.ts: paths that count from there are the same in both.
  chunkNames: '[name]-[hash]',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  // The oldest line that is supported; it has no `using`, which is rewritten.
  target: 'node20.19',
  sourcemap: true,
  // With the sources in it, which are not shipped beside.
  sourcesContent: true,
  logLevel: 'warning',
}

const points = (names) => names.map((name) => ({ in: inRoot('src', `${name}.ts`), out: name }))

const core = inRoot('src/index.ts')

/** What does without the core: the program answers --help before it loads more. */
const apart = [core, inRoot('src/cli/main.ts')]

/** The files that the other pieces begin with: the entries, and whatever is imported when it is needed. */
async function beginnings(options) {
  const { metafile } = await build({ ...options, write: false, metafile: true })
  const files = Object.values(metafile.outputs).map(({ entryPoint }) => entryPoint && inRoot(entryPoint))
  return files.filter((file) => file && !apart.includes(file))
}

/**
 * Keeps what 'baud' itself needs in one file, where esbuild would cut it in a dozen: a file for each set of pieces that
 * need the same modules. So every piece is made to need the core; whoever loads one has it already, as a rule.
 */
function oneCore(pieces) {
  const setup = ({ onLoad, onResolve }) => {
    onResolve({ filter: /^core$/ }, () => ({ path: core }))
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      if (!pieces.includes(file)) return undefined
      return { contents: `${await readFile(file, 'utf8')}\nimport 'core'\n`, loader: 'ts' }
    })
  }
  return { name: 'one core', setup }
}

// "No side effects" is for those who bundle the package: here it would make the import of the core void.
const options = { ...settings, entryPoints: points(entries), splitting: true, ignoreAnnotations: true }
await build({ ...options, plugins: [oneCore(await beginnings(options))] })
await build({ ...settings, entryPoints: points(threads) })
