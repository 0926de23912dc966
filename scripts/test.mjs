// npm test: builds, checks the project, and runs the compiled tests under every Node line that baud supports.
//   npm test -- --node 22       under this line alone
//   npm test -- --only framing  only the test files whose path contains this
//   npm test -- --no-checks     the tests alone
// The last line is `N passed, N failed`, summed over the lines. A check that fails, or a Node that is not to
// be had, is one failure.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { checks } from './lib/checks.mjs'
import { binaryOf, lines, note } from './lib/nodes.mjs'
import { buildPackage, buildTests, Failed, inRoot, install } from './lib/project.mjs'
import { runFile } from './lib/run-file.mjs'

const { values: options } = parseArgs({
  options: {
    node: { type: 'string', multiple: true },
    only: { type: 'string' },
    'no-checks': { type: 'boolean' },
  },
})

const total = { passed: 0, failed: 0, skipped: 0 }
/** What failed, repeated at the end. */
const failures = []

const say = (text) => console.log(text)
const indent = (text) => text.trimEnd().replaceAll(/^(?=.)/gm, '    ')
const sentence = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`

/** Prints one line for what was done, and in full what went wrong. */
function outcome(name, started, detail, problems) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  say(`  ${problems.length > 0 ? '✗' : '✓'} ${name}  ${detail}${detail && ', '}${seconds} s`)
  for (const { title, text } of problems) {
    say(`\n  ✗ ${title}\n${indent(text)}\n`)
    failures.push(title)
  }
  total.failed += problems.length
}

/** Runs one step of the preparation or one check; true when it succeeded. */
async function step(name, work) {
  const started = performance.now()
  try {
    await work()
    outcome(name, started, '', [])
    return true
  } catch (error) {
    outcome(name, started, '', [
      { title: name, text: error instanceof Failed ? error.output : String(error.stack) },
    ])
    return false
  }
}

async function testFile(line, node, file, sum) {
  const started = performance.now()
  const { passed, skipped, failures: found, output } = await runFile(node, file)
  const source = path.relative(inRoot('build'), file).replace(/\.js$/, '.ts')
  const problems = found.map(({ name, error }) => ({
    title: `node ${line}  ${source}  ${name}`,
    text: error,
  }))
  outcome(source, started, sentence({ passed, failed: found.length, skipped }), problems)
  // What the tests printed explains a failure and is noise otherwise.
  if (found.length > 0 && output) say(`  printed by ${source}:\n${indent(output)}\n`)
  sum.passed += passed
  sum.failed += found.length
  sum.skipped += skipped
}

async function testLine(line, files) {
  say(`\nnode ${line}`)
  let node
  if (!(await step('binary', () => (node = binaryOf(line))))) return
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const file of files) await testFile(line, node, file, sum)
  say(`  ${sentence(sum)}`)
  total.passed += sum.passed
  total.skipped += sum.skipped
}

function testFiles() {
  return readdirSync(inRoot('build/test'), { recursive: true })
    .map((name) => path.join('test', name))
    .filter((name) => name.endsWith('.test.js') && name.includes(options.only ?? ''))
    .toSorted()
    .map((name) => inRoot('build', name))
}

async function everything() {
  say('build')
  const built =
    (await step('install', install)) &&
    (await step('src → dist', buildPackage)) &&
    (await step('src, test, examples → build', buildTests))
  if (!built) return

  if (!options['no-checks']) {
    say('\nchecks')
    for (const [name, check] of Object.entries(checks)) await step(name, check)
  }

  if (note) say(`\n${note}`)
  const files = testFiles()
  const chosen = options.node?.map(Number) ?? lines
  for (const line of chosen) await testLine(line, files)
}

await everything()
const noTest = total.passed + total.failed === 0
if (failures.length > 0) say(`\nfailed:\n${failures.map((title) => `  ${title}`).join('\n')}`)
if (noTest) say('\nno test ran')
say(`\n${sentence(total)}`)
if (noTest || total.failed > 0) process.exitCode = 1
