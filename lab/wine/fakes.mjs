// Libraries that stand in for what Wine lacks, compiled for Windows by mingw-w64.
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { installPrograms, run } from '../lib/install.mjs'
import { cache } from './install.mjs'

const sources = path.join(import.meta.dirname, 'fakes')
const compiler = 'x86_64-w64-mingw32-gcc'

/** Compiles what is new and returns the folder with the libraries; throws Unavailable where there is no compiler. */
export function fakeLibraries() {
  installPrograms([compiler], ['gcc-mingw-w64-x86-64'])
  const folder = path.join(cache, 'fakes')
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(sources)) {
    const source = path.join(sources, name)
    const library = path.join(folder, name.replace(/\.c$/, '.dll'))
    if (existsSync(library) && statSync(library).mtimeMs > statSync(source).mtimeMs) continue
    run(compiler, ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-o', library, source])
  }
  return folder
}
