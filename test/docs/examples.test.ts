import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'

const root = path.join(import.meta.dirname, '../../..')

/** The examples, relative to `examples/`; those from documents were written there by the build. */
const examples = readdirSync(path.join(root, 'examples'), { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts'))

/** What an example says it prints: the comments behind its `console.log` calls. */
function promised(source: string): string[] {
  return [...source.matchAll(/^.*console\.log\(.*\) \/\/ (.+)$/gm)].map(([, text = '']) => text)
}

/** A device path of this kind is the reader's, not ours: such an example is compiled and not run. */
const needsHardware = (source: string) => /\/dev\/tty|COM\d+'|\b(list|watch)\(/.test(source)

/** These need Windows; test/win32 runs those that need no COM port. */
const needsWindows = (example: string) => example.startsWith('seed') || example.includes('src-win32-')

for (const example of examples) {
  const source = readFileSync(path.join(root, 'examples', example), 'utf8')
  if (needsHardware(source) || needsWindows(example)) continue
  it(`${example} prints what it says`, { timeout: 20_000 }, async () => {
    const compiled = path.join(root, 'build/examples', example.replace(/\.ts$/, '.js'))
    const { stderr, stdout } = await promisify(execFile)(process.execPath, [compiled], { timeout: 15_000 })
    assert.equal(stderr, '')
    assert.deepEqual(stdout.trimEnd().split('\n'), promised(source))
  })
}

for (const example of examples.filter((name) => name.startsWith('seed') && !name.includes('port'))) {
  const started = (...args: string[]) => {
    const compiled = path.join(root, 'build/examples', example.replace(/\.ts$/, '.js'))
    return promisify(execFile)(process.execPath, [compiled, ...args], { timeout: 15_000 })
  }

  it(`${example} says which argument it wants`, async () => {
    const { stderr, stdout } = await started()
    assert.match(stderr, /^usage: node .* COM5\n$/)
    assert.equal(stdout, '')
  })

  it(
    `${example} is UNSUPPORTED where there is no Windows`,
    { skip: process.platform === 'win32' && 'this is Windows' },
    async () => {
      await assert.rejects(started('COM5'), { code: 1, stdout: '', stderr: /code: 'UNSUPPORTED'/ })
    },
  )
}

it('there are examples, from the sources and the documents too', () => {
  for (const place of [/^[^/]+$/, /from-docs\/src-/, /from-docs\/README/, /from-docs\/docs-/]) {
    assert.ok(
      examples.some((example) => place.test(example)),
      String(place),
    )
  }
})
