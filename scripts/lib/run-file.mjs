// Runs one compiled test file under one Node and says what came of it. A process of its own for each file,
// what one leaves open must not hide in another.
import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { pathToFileURL } from 'node:url'
import { inRoot, root } from './project.mjs'
import { Recorder } from './recorder.mjs'

const reporter = pathToFileURL(inRoot('scripts/lib/reporter.mjs'))

/** Tests force garbage collections to see what is left; stacks point into the .ts files. */
export const nodeFlags = (reporterUrl = reporter.href) => [
  '--expose-gc',
  '--enable-source-maps',
  `--test-reporter=${reporterUrl}`,
]

/** So long may a test take, and a file to end after its last one (ms). */
const patience = 60_000

/** Behind an emulated machine that goes on beside it: what is late there has happened at another time. */
const niceness = 5

/**
 * @param {string} node the binary
 * @param {string} file a compiled test file
 * @returns {Promise<import('./recorder.mjs').Result>}
 */
export async function runFile(node, file) {
  const child = spawn(node, [...nodeFlags(), file], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  child.on('error', () => {}) // 'close' follows, with a code below zero.
  if (child.pid !== undefined) setPriority(child.pid, niceness)

  let late
  const giveUp = () => {
    late = `nothing for ${patience / 1000} s: a test waits for ever, or left something open`
    child.kill('SIGTERM')
    // A test that blocks its thread sees no SIGTERM handler; one that leaves a child behind keeps the pipes open.
    setTimeout(() => child.kill('SIGKILL'), 5_000).unref()
    setTimeout(() => [child.stdout, child.stderr].forEach((pipe) => pipe.destroy()), 6_000).unref()
  }
  const watchdog = setTimeout(giveUp, patience)
  const recorder = new Recorder(() => watchdog.refresh())
  child.stdout.setEncoding('utf8').on('data', (text) => recorder.stdout(text))
  child.stderr.setEncoding('utf8').on('data', (text) => recorder.stderr(text))

  const [code, signal] = await new Promise((resolve) => child.on('close', (...how) => resolve(how)))
  clearTimeout(watchdog)
  return recorder.finish(signal ?? code, late)
}
