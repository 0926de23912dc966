// Runs a command on a machine with serial hardware: in a guest that has this machine's files, and null-modem cables.
//   npm run hardware -- [--hardware nm,8250,usb] [--timeout S] [--memory MB] [--cpu X] [--clock instructions] [--out DIR] command…
// By the clock that counts instructions, time is the same however busy this machine is; what waits for this machine's files
// sees it jump. The hardware: see hardware.mjs. What the guest writes is gone with it, but for DIR. The exit code is the command's
// own; 69: there can be no lab here, and why; 124: the time was up; 125: the lab broke down. Nothing is left running.
import { whenToldToEnd } from '../lib/ending.mjs'
import { Unavailable, unavailableCode } from '../lib/install.mjs'
import { brokenDown, LabFailed, runInGuest } from './guest.mjs'
import { hardware } from './hardware.mjs'

const defaults = {
  hardware: 'nm',
  timeout: '120',
  memory: '1024',
  cpu: undefined,
  clock: undefined,
  out: undefined,
}

/** Our options, and from the first word that is none the command. */
function parse(args) {
  const command = [...args]
  const options = { ...defaults }
  while (command[0]?.startsWith('--')) {
    const [name, value] = command.shift().slice(2).split(/=(.*)/, 2)
    if (!Object.hasOwn(defaults, name)) throw new LabFailed(`there is no option --${name}`)
    options[name] = value ?? command.shift()
  }
  if (command.length === 0) throw new LabFailed('what shall be run?')
  const names = options.hardware.split(',').filter(Boolean)
  const unknown = names.find((name) => !Object.hasOwn(hardware, name))
  if (unknown) throw new LabFailed(`there is no hardware ${unknown}, but ${Object.keys(hardware).join(', ')}`)
  return { command, options: { ...options, hardware: names } }
}

/** Runs it, and returns what this program exits with. */
async function main() {
  const stop = new AbortController()
  whenToldToEnd((code) => stop.abort(code))
  try {
    const { command, options } = parse(process.argv.slice(2))
    const { signal } = stop
    return await runInGuest(command, { ...options, signal })
  } catch (error) {
    if (stop.signal.aborted) return stop.signal.reason
    if (!(error instanceof Unavailable || error instanceof LabFailed)) throw error
    console.error(`lab/qemu: ${error.message}`)
    return error instanceof Unavailable ? unavailableCode : brokenDown
  }
}

process.exit(await main())
