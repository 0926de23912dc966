// The labs put everything away when they are told to end, also by a terminal that is closed and takes no more words.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

const module = pathToFileURL(path.join(import.meta.dirname, '../../../lab/lib/ending.mjs')).href

const program = `
  import { writeSync } from 'node:fs'
  import { whenToldToEnd } from ${JSON.stringify(module)}
  const timer = setInterval(() => {}, 1000)
  whenToldToEnd((code) => {
    console.log('stopping')
    setTimeout(() => {
      writeSync(3, 'put away')
      process.exit(code)
    }, 50)
  })
  console.log('ready')`

const onWindows = process.platform === 'win32' && 'Windows sends no signals to programs'

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  test(`${signal}, with nobody left to listen`, { skip: onWindows, timeout: 20_000 }, async () => {
    const stdio = ['ignore', 'pipe', 'ignore', 'pipe'] as const
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: [...stdio] })
    const notes = child.stdio[3] as NodeJS.ReadableStream
    let said = ''
    notes.on('data', (text) => (said += String(text)))
    assert.ok(child.stdout)
    await once(child.stdout, 'data')
    child.stdout.destroy()
    const ended = once(child, 'exit')
    child.kill(signal)
    assert.deepEqual(await ended, [128 + constants.signals[signal], null])
    assert.equal(said, 'put away')
  })
}
