// The examples in the comments of baud/win32 that need no COM port: run, and what they print compared with what they say.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { mock, suite, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { needsWindows } from './com.ts'

const root = path.join(import.meta.dirname, '../../..')
const folder = path.join(root, 'examples/from-docs')

const examples = readdirSync(folder)
  .filter((file) => file.startsWith('src-win32-') && file.endsWith('.ts'))
  .map((file) => ({ file, source: readFileSync(path.join(folder, file), 'utf8') }))
  .filter(({ source }) => !/COM\d+'/.test(source))

const promised = (source: string) =>
  [...source.matchAll(/^.*console\.log\(.*\) \/\/ (.+)$/gm)].map(([, text = '']) => text)

suite('examples of baud/win32', { skip: needsWindows }, () => {
  for (const { file, source } of examples) {
    test(`${file} prints what it says`, async () => {
      const lines: string[] = []
      const log = mock.method(console, 'log', (...args: unknown[]) => lines.push(format(...args)))
      try {
        await import(
          pathToFileURL(path.join(root, 'build/examples/from-docs', file.replace(/\.ts$/, '.js'))).href
        )
      } finally {
        log.mock.restore()
      }
      assert.deepEqual(lines, promised(source))
    })
  }

  test('there are such', () => assert.ok(examples.length > 20, `${examples.length}`))
})
