// Runs one compiled test file under one Node and says what came of it. A process of its own for each file,
// one at a time: tests here measure time, and what one leaves open must not hide in another.
import { spawn } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { inRoot, root } from './project.mjs'
import { mark } from './reporter.mjs'

const reporter = pathToFileURL(inRoot('scripts/lib/reporter.mjs')).href

/** So long may a test take, and a file to end after its last one (ms). */
const patience = 60_000

/**
 * @param {string} node the binary
 * @param {string} file a compiled test file
 * @returns {Promise<{ passed: number, skipped: number, failures: { name: string, error: string }[], output: string }>}
 */
export async function runFile(node, file) {
  const result = { passed: 0, skipped: 0, failures: [], output: '' }
  let latest = 'no test'
  let ended = false
  const fail = (name, error) => result.failures.push({ name, error })

  // Tests force garbage collections to see what is left; stacks point into the .ts files.
  const flags = ['--expose-gc', '--enable-source-maps', `--test-reporter=${reporter}`]
  const child = spawn(node, [...flags, file], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  child.on('error', () => {}) // 'close' follows, with a code below zero.

  let late = false
  const giveUp = () => {
    late = true
    child.kill('SIGTERM')
    // A test that blocks its thread sees no SIGTERM handler; one that leaves a child behind keeps the pipes open.
    setTimeout(() => child.kill('SIGKILL'), 5_000).unref()
    setTimeout(() => [child.stdout, child.stderr].forEach((pipe) => pipe.destroy()), 6_000).unref()
  }
  const watchdog = setTimeout(giveUp, patience)

  const record = ({ begun, passed, skipped, failed, error, ended: end }) => {
    watchdog.refresh()
    if (begun) latest = `"${begun}"`
    if (passed) result.passed++
    if (skipped) result.skipped++
    if (failed) fail(failed, error)
    if (end) ended = true
  }
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop()
    for (const part of parts) {
      if (part.startsWith(mark)) record(JSON.parse(part.slice(mark.length)))
      else if (part) result.output += `${part}\n`
    }
  })
  child.stderr.setEncoding('utf8').on('data', (text) => (result.output += text))

  const [code, signal] = await new Promise((resolve) => child.on('close', (...how) => resolve(how)))
  clearTimeout(watchdog)

  const how = `${signal ?? `exit code ${code}`}; the last test begun: ${latest}`
  if (late) {
    fail('hangs', `nothing for ${patience / 1000} s: a test waits for ever, or left something open; ${how}`)
  } else if (!ended) fail('ended early', how)
  else if (result.passed + result.skipped + result.failures.length === 0)
    fail('empty', 'the file has no test')
  else if (code !== 0 && result.failures.length === 0) fail('failed', `${how}, though no test failed`)
  return result
}
