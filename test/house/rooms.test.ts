// The lint rules themselves: each breach below, written into a tree of its own, must be refused by the
// rule named beside it, and what is allowed must pass. The real configuration is used.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'

// This file runs as build/test/house/rooms.test.js.
const repository = fileURLToPath(new URL('../../../', import.meta.url))

const { contracts } = (await import(join(repository, 'lint/rooms.mjs'))) as { contracts: readonly string[] }

const ROOMS = 'rooms(imports)'
const PROPERTIES = 'eslint(no-restricted-properties)'
const IMPORTS = 'eslint(no-restricted-imports)'

/** File, its one line, and the rule that refuses it. */
const refused: [file: string, code: string, rule: string][] = [
  // koffi in one file, whatever the form of the import.
  ['src/native/linux/koffi.ts', "import koffi from 'koffi'", ROOMS],
  ['src/native/linux/koffi-type.ts', "import type { TypeObject } from 'koffi'", ROOMS],
  ['src/native/posix/koffi-in-a-type.ts', "export type T = import('koffi').TypeObject", ROOMS],
  ['src/open-koffi.ts', "export const koffi = import('koffi')", ROOMS],
  ['src/cli/koffi.ts', "export * from 'koffi'", ROOMS],
  ['src/loop/commander.ts', "import { Command } from 'commander'", ROOMS],

  // Which platform this is: asked in one file.
  ['src/native/linux/platform.ts', "export const linux = process.platform === 'linux'", PROPERTIES],
  ['src/platform-in-the-trunk.ts', 'export const { platform } = process', PROPERTIES],
  ['src/cli/platform.ts', "import os from 'node:os'\nexport const platform = os.platform()", PROPERTIES],
  ['src/cli/os-type.ts', "import * as os from 'node:os'\nexport const type = os.type()", PROPERTIES],
  ['src/loop/named-platform.ts', "import { platform } from 'node:os'", IMPORTS],
  ['src/loop/renamed-process.ts', "import self from 'node:process'", IMPORTS],
  ['src/loop/bare-os.ts', "import host from 'os'", IMPORTS],

  // A room is entered through its index.ts.
  ['src/deep.ts', "import './loop/transport.ts'", ROOMS],
  ['src/deep-sub-room.ts', "export * from './native/linux/index.ts'", ROOMS],
  ['src/deep-later.ts', "export const room = () => import('./native/contract.ts')", ROOMS],
  ['src/spy/deep.ts', "export * from '../loop/transport.ts'", ROOMS],
  ['src/cli/commands/deep.ts', "export * from '../../native/contract.ts'", ROOMS],
  ['src/native/deep.ts', "export * from './linux/termios.ts'", ROOMS],

  // Of the trunk, a room sees the contracts alone; the door is for the public rooms.
  ['src/loop/open.ts', "export * from '../open.ts'", ROOMS],
  ['src/loop/type.ts', "import type { SerialPort } from '../serial-port.ts'", ROOMS],
  ['src/native/door.ts', "export * from '../index.ts'", ROOMS],
  ['src/cli/open.ts', "export * from '../open.ts'", ROOMS],
  ['src/virtual/port.ts', "export * from '../serial-port.ts'", ROOMS],
  ['src/settings.ts', "export * from './open.ts'", ROOMS],
  ['src/transport.ts', "export * from './native/index.ts'", ROOMS],

  // Platforms know neither each other nor the choice between them.
  ['src/native/linux/up.ts', "export * from '../index.ts'", ROOMS],
  ['src/native/linux/aside.ts', "export * from '../darwin/index.ts'", ROOMS],
  ['src/native/linux/refusing.ts', "export * from '../unsupported.ts'", ROOMS],
  ['src/native/linux/past-the-door.ts', "export * from '../posix/libc.ts'", ROOMS],
  ['src/native/darwin/past-the-door.ts', "export * from '../posix/libc.ts'", ROOMS],
  ['src/native/linux/other-room.ts', "export * from '../../loop/index.ts'", ROOMS],
  ['src/native/posix/up.ts', "export * from '../linux/index.ts'", ROOMS],
  ['src/native/win32/posix.ts', "export * from '../posix/index.ts'", ROOMS],
  ['src/native/another/posix.ts', "export * from '../posix/index.ts'", ROOMS],

  // The package is src/ alone, and does not import itself by name.
  ['src/outside.ts', "export * from '../test/helper.ts'", ROOMS],
  ['src/cli/self.ts', "import { open } from 'baud'", ROOMS],
  ['examples/inside.ts', "export * from '../src/open.ts'", IMPORTS],

  // What the other rules are there for.
  ['src/floating.ts', 'Promise.resolve()', 'typescript(no-floating-promises)'],
  ['src/misused.ts', 'setTimeout(async () => {}, 1)', 'typescript(no-misused-promises)'],
  ['src/any.ts', 'export const anything: any = 1', 'typescript(no-explicit-any)'],
  ['src/unsafe.ts', "export const n: number = JSON.parse('1')", 'typescript(no-unsafe-assignment)'],
  ['src/unused.ts', 'const unused = 1', 'eslint(no-unused-vars)'],
  ['src/cycle-a.ts', "import './cycle-b.ts'", 'import(no-cycle)'],
  ['src/cycle-b.ts', "import './cycle-a.ts'", 'import(no-cycle)'],
]

/** What the design allows; none of it may be refused. */
const accepted: [file: string, code: string][] = [
  ['src/native/ffi.ts', "import koffi from 'koffi'\nexport const load = koffi.load"],
  ['src/native/index.ts', "import './linux/index.ts'\nexport const on = process.platform"],
  [
    'src/trunk.ts',
    "import './index.ts'\nimport './loop/index.ts'\nexport const later = import('./native/index.ts')",
  ],
  ['src/receive-buffer.ts', "import './errors.ts'"],
  ['src/spy/index.ts', "import './own.ts'\nimport '../errors.ts'\nimport '../loop/index.ts'"],
  ['src/native/linux/index.ts', "import '../contract.ts'\nimport '../ffi.ts'\nimport '../posix/index.ts'"],
  [
    'src/native/darwin/index.ts',
    "import '../contract.ts'\nimport '../posix/index.ts'\nimport '../../settings.ts'",
  ],
  ['src/native/posix/index.ts', "import './libc.ts'\nimport '../ffi.ts'"],
  ['src/win32/index.ts', "import '../native/win32/index.ts'"],
  ['src/virtual/index.ts', "import '../index.ts'\nimport '../transport.ts'"],
  [
    'src/cli/commands/open.ts',
    "import { Command } from 'commander'\nimport '../../index.ts'\nexport const c = new Command()",
  ],
  ['test/anything.ts', "import '../src/native/linux/termios.ts'\nexport const here = process.platform"],
]

suite('lint rules', () => {
  const tree = mkdtempSync(join(tmpdir(), 'baud-rooms-'))
  const found = new Map<string, string[]>()

  before(() => {
    for (const name of ['.oxlintrc.json', 'tsconfig.json', 'lint']) {
      cpSync(join(repository, name), join(tree, name), { recursive: true })
    }
    symlinkSync(join(repository, 'node_modules'), join(tree, 'node_modules'))
    for (const [file, code] of [...refused, ...accepted]) {
      mkdirSync(dirname(join(tree, file)), { recursive: true })
      writeFileSync(join(tree, file), `${code}\n`)
    }
    const oxlint = join(repository, 'node_modules/oxlint/bin/oxlint')
    const args = [oxlint, '--format', 'json', 'src', 'test', 'examples']
    const run = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' })
    assert.ok(run.stdout.startsWith('{'), `oxlint failed: ${run.stdout}${run.stderr}`)
    const { diagnostics } = JSON.parse(run.stdout) as { diagnostics: { code: string; filename: string }[] }
    for (const { code, filename } of diagnostics) {
      found.set(filename, [...(found.get(filename) ?? []), code])
    }
  })
  after(() => rmSync(tree, { recursive: true }))

  test('names no contract that is not there', () => {
    for (const name of contracts) assert.ok(existsSync(join(repository, 'src', name)), name)
  })

  for (const [file, code, rule] of refused) {
    test(`${file} is refused: ${code}`, () => {
      assert.ok(
        found.get(file)?.includes(rule),
        `expected ${rule}, found ${found.get(file)?.join() ?? 'nothing'}`,
      )
    })
  }
  for (const [file, code] of accepted) {
    test(`${file} is accepted: ${code}`, () => {
      // Only the rules of this file: the trees are too small for the rest to mean anything.
      const against = (found.get(file) ?? []).filter((rule) => [ROOMS, PROPERTIES, IMPORTS].includes(rule))
      assert.deepEqual(against, [])
    })
  }
})
