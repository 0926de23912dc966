// Runs compiled test files, or one script with its arguments, as on Windows: node.exe in Wine.
//   node lab/wine/run.mjs [--node 20|22] [--pairs N] [--build DIR] [--timeout S] [node options] x.test.js…
//   node lab/wine/run.mjs [the same] script.js [arguments]
// COM ports in pairs, joined by cables: the names are in BAUD_COM_A and BAUD_COM_B, then BAUD_COM_A2 and so on; BAUD_LAB
// is where more can be had (control.mjs), BAUD_FAKES where libraries stand that Wine lacks (fakes.mjs). The exit code is
// the program's own, with several files the first that is not 0; 69 says that there is no Wine and why. Nothing is left
// running.
import { whenToldToEnd } from '../lib/ending.mjs'
import { Unavailable, unavailableCode } from '../lib/install.mjs'
import { WineLab, windowsPath } from './lab.mjs'

const settings = { node: '20', pairs: '1', build: undefined, timeout: '300' }

/** Our options, then node's, then what is to be run. */
function parse(args) {
  const rest = [...args]
  const options = { ...settings }
  const nodeOptions = []
  while (rest[0]?.startsWith('-')) {
    const option = rest.shift()
    const [name, value] = option.replace(/^--/, '').split(/=(.*)/, 2)
    if (Object.hasOwn(settings, name)) options[name] = value ?? rest.shift()
    else nodeOptions.push(option)
  }
  if (rest.length === 0) throw new Unavailable('what shall be run?')
  return { options, nodeOptions, targets: rest }
}

/** What to give node.exe: once for each test file, or once for a script. */
function commands(nodeOptions, targets) {
  if (!targets.every((file) => file.endsWith('.test.js'))) {
    const [script, ...args] = targets
    return [[...nodeOptions, windowsPath(script), ...args]]
  }
  const flags = ['--expose-gc', '--enable-source-maps', '--test-reporter=spec', ...nodeOptions]
  return targets.map((file) => [...flags, windowsPath(file)])
}

async function main() {
  const { options, nodeOptions, targets } = parse(process.argv.slice(2))
  const { build, node, pairs, timeout } = options
  for (const [name, text] of Object.entries({ node, pairs, timeout })) {
    if (!/^\d+$/.test(text)) throw new Unavailable(`--${name} ${text}: a whole number`)
  }
  const lab = await WineLab.start({ pairs: Number(pairs), ...(build && { build }) })
  whenToldToEnd((code) => void lab.stop().then(() => process.exit(code)))
  try {
    for (const args of commands(nodeOptions, targets)) {
      const code = await lab.run(Number(node), args, { timeout: Number(timeout) })
      process.exitCode ||= code
    }
  } finally {
    await lab.stop()
  }
}

try {
  await main()
} catch (error) {
  if (!(error instanceof Unavailable)) throw error
  console.error(`lab/wine: ${error.message}`)
  process.exitCode = unavailableCode
}
process.exit()
