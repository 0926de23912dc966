// Holds the Windows lab ready for another program, which lays its own lines: starts the prefix, prints as a line of JSON
// what that program needs to run something in it, and then makes a COM port of each terminal whose path it is given as
// a line, always the same one, answering with the port's name. Ends with its input, and leaves nothing running.
//   node lab/wine/hold.mjs [Node line]
import { execFileSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { whenToldToEnd } from '../lib/ending.mjs'
import { Unavailable, unavailableCode } from '../lib/install.mjs'
import { installWine, nodeExe, windowsModules } from './install.mjs'
import { windowsPath } from './lab.mjs'
import {
  addPort,
  lockPrefix,
  makePrefix,
  namesOf,
  removePort,
  startServer,
  wineEnvironment,
} from './prefix.mjs'

const [, , line = '20'] = process.argv
const say = (text) => process.stdout.write(`${text}\n`)

async function hold() {
  installWine()
  const unlock = await lockPrefix()
  makePrefix()
  const [port] = namesOf(0)
  const stopServer = startServer()
  const undo = async () => {
    removePort(port)
    await stopServer()
    unlock()
  }
  let undoing
  const stop = () => (undoing ??= undo())
  whenToldToEnd((code) => void stop().then(() => process.exit(code)))
  const env = { ...wineEnvironment(), NODE_PATH: windowsPath(windowsModules()) }
  const version = execFileSync('wine', ['--version'], { env, encoding: 'utf8' }).trim()
  say(JSON.stringify({ env, node: nodeExe(Number(line)), version }))
  for await (const terminal of createInterface({ input: process.stdin })) {
    addPort(port, terminal)
    say(port)
  }
  await stop()
}

try {
  await hold()
} catch (error) {
  if (!(error instanceof Unavailable)) throw error
  console.error(`lab/wine: ${error.message}`)
  process.exitCode = unavailableCode
}
