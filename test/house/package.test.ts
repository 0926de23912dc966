// What is published, in dist/, as a program gets it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { onWindows } from '../support/platform.ts'

// This file runs as build/test/house/package.test.js.
const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The files that a file imports at once, itself included. */
function filesOf(file: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const specifiers = readFileSync(file, 'utf8').matchAll(/^(?:import|export|\}) ?(?:.* ?from )?"(\..+)";$/gm)
  for (const [, specifier = ''] of specifiers) filesOf(join(dirname(file), specifier), found)
  return found
}

/** A program that names something of each export, checked as its author's compiler does it. */
const typed = `import { open, SerialError } from 'baud'
import type { SerialPort, Transport } from 'baud'
import { serveRfc2217 } from 'baud/rfc2217'
import { createPair } from 'baud/virtual'
import { win32file } from 'baud/win32'

const port: SerialPort = await open('/dev/ttyS0', { baudRate: 9600, signal: AbortSignal.timeout(1) })
const bytes: Buffer = await port.readExactly(8)
export const shown = [bytes.toString('hex'), SerialError, serveRfc2217, createPair, win32file]
export let transport: Transport | undefined
`

/** What stands in the settings of a new project, and nothing of Node's types: those the package asks for itself. */
const options = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: [] }

suite('the package', () => {
  test('its types need no settings', { skip: onWindows }, () => {
    // Below the project, where Node's types are installed, as they are in a user's.
    const folder = mkdtempSync(join(root, 'build/typed-'))
    try {
      mkdirSync(join(folder, 'node_modules'))
      symlinkSync(root, join(folder, 'node_modules/baud'))
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }))
      writeFileSync(join(folder, 'program.mts'), typed)
      const compiler = join(root, 'node_modules/typescript/bin/tsc')
      const done = spawnSync(process.execPath, [compiler, '--project', folder], { encoding: 'utf8' })
      assert.equal(done.stdout, '')
      assert.equal(done.status, 0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('a CommonJS program can require it, without a warning', () => {
    const program = "const { open, openSync } = require('baud'); console.log(typeof open, typeof openSync)"
    const done = spawnSync(process.execPath, ['-e', program], {
      cwd: root,
      encoding: 'utf8',
      timeout: 30_000,
    })
    assert.equal(done.stderr, '')
    assert.equal(done.stdout.trim(), 'function function')
  })

  test('a blocking port of a URL is there at once', () => {
    const program = `import { openSync } from 'baud'
      const port = openSync('loop://', { readTimeout: 1000 })
      port.write('at once')
      console.log(port.read(7).toString())
      try { openSync('hwgrep://no such port') } catch ({ code }) { console.log(code) }
      openSync('spy://loop://').close()`
    const done = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: root,
      encoding: 'utf8',
      timeout: 30_000,
    })
    assert.equal(done.stdout, 'at once\nPORT_NOT_FOUND\n', done.stderr)
    assert.doesNotMatch(done.stderr, /Warning/)
  })

  test('a program that is no file can have a pair of virtual ports', { skip: onWindows }, () => {
    const program = `import { createPair } from 'baud/virtual'
      const pair = await createPair()
      await pair.close()
      console.log('closed')`
    const done = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: root,
      encoding: 'utf8',
      timeout: 30_000,
    })
    assert.equal(done.stdout, 'closed\n', done.stderr)
  })

  // Each file costs Node half a millisecond and more, whatever its size.
  test('an import reads few files', () => {
    const files = filesOf(join(root, 'dist/index.js'))
    assert.ok(files.size > 1 && files.size <= 4, [...files].join('\n'))
  })

  test('an import loads no room of a URL scheme, and openSync() finds those that can block', () => {
    for (const file of filesOf(join(root, 'dist/index.js'))) {
      assert.doesNotMatch(readFileSync(file, 'utf8'), /^\/\/ src\/(alt|hwgrep|loop|spy|tcp)\//m)
    }
    const program = `const { openSync } = require('baud')
      for (const url of ['loop://', 'spy://alt://loop://?file=/dev/null']) console.log(openSync(url).path)
      try { openSync('hwgrep://no such port') } catch ({ code }) { console.log(code) }`
    const done = spawnSync(process.execPath, ['-e', program], {
      cwd: root,
      encoding: 'utf8',
      timeout: 30_000,
    })
    assert.equal(done.stderr, '')
    assert.deepEqual(done.stdout.trim().split('\n'), [
      'loop://',
      'spy://alt://loop://?file=/dev/null',
      'PORT_NOT_FOUND',
    ])
  })
})
