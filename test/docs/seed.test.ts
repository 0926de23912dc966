// The excerpts in docs/seed.md are lines of the examples, and its links within the project lead somewhere.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { it } from 'node:test'

const root = path.join(import.meta.dirname, '../../..')
const page = readFileSync(path.join(root, 'docs/seed.md'), 'utf8')

/** Code without comments, in one line. */
function bare(code: string): string {
  return code
    .replaceAll(/\/\*\*.*?\*\//gs, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/ \/\/ .*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

it('every excerpt stands in an example', () => {
  const folder = path.join(root, 'examples/seed')
  const sources = readdirSync(folder).map((name) => bare(readFileSync(path.join(folder, name), 'utf8')))
  const excerpts = [...page.matchAll(/^```ts\n(.*?)^```$/gms)]
    .map(([, code = '']) => code)
    .filter((code) => !code.includes("from 'baud"))
  assert.equal(excerpts.length, 4)
  for (const excerpt of excerpts) {
    assert.ok(
      sources.some((source) => source.includes(bare(excerpt))),
      excerpt,
    )
  }
})

it('every link leads to a file, or to a heading', () => {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target)
  for (const link of links.filter((target) => !target.startsWith('https:'))) {
    const found = link.startsWith('#')
      ? headings.includes(link.slice(1))
      : existsSync(path.join(root, 'docs', link))
    assert.ok(found, link)
  }
})

it('every reference is defined, and used', () => {
  const prose = page.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`]*`/g, '')
  const defined = [...prose.matchAll(/^\[(.+)\]: https:/gm)].map(([, name]) => name)
  const used = [...prose.matchAll(/\[([^\]]*)\](?![(:])/g)].map(([, name]) => name)
  assert.deepEqual(new Set(used.filter((name) => name !== '')), new Set(defined))
})
