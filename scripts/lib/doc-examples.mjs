// The examples in TSDoc, README.md and docs/, written out as files so that the compiler and the tests see them.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const folder = 'examples/from-docs'

/** Every file that may hold examples, relative to the root. */
function sources(root) {
  const inFolder = (name, ending) =>
    readdirSync(path.join(root, name), { recursive: true })
      .map((file) => `${name}/${String(file).replaceAll('\\', '/')}`)
      .filter((file) => file.endsWith(ending))
  return ['README.md', ...inFolder('docs', '.md'), ...inFolder('src', '.ts')]
}

/** The ```ts blocks of a text that import baud; in TSDoc each line stands behind an asterisk. */
function* examples(text) {
  for (const [, indent, code] of text.matchAll(/^([ *]*)```ts\n(.*?)^[ *]*```$/gms)) {
    const lines = code
      .split('\n')
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()))
    const plain = lines.map((line) => (line === '*' ? '' : line)).join('\n')
    if (/from 'baud/.test(plain)) yield plain
  }
}

/** Writes each example to a file named after where it stands: `src-open.ts-2.ts`. */
export function writeDocExamples(root) {
  rmSync(path.join(root, folder), { recursive: true, force: true })
  mkdirSync(path.join(root, folder), { recursive: true })
  for (const source of sources(root)) {
    const text = readFileSync(path.join(root, source), 'utf8')
    let number = 0
    for (const code of examples(text)) {
      const name = `${source.replaceAll(/[/\\]/g, '-')}-${++number}.ts`
      writeFileSync(path.join(root, folder, name), `// From ${source}\n${code}`)
    }
  }
}
