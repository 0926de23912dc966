// Told to end before its time: by Ctrl-C, by kill(1), or because its terminal was closed.
import { constants } from 'node:os'

const signals = ['SIGHUP', 'SIGINT', 'SIGTERM']

/**
 * Calls `stop` with the exit code to use, 128 and the number of the signal as sh(1) has it; a second signal of the kind
 * ends the program at once. The function that this returns takes it back.
 */
export function whenToldToEnd(stop) {
  const told = (name) => {
    // What is still said then may have nowhere to go, and that must not be the end before everything is put away.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
    stop(128 + constants.signals[name])
  }
  for (const name of signals) process.once(name, told)
  return () => signals.forEach((name) => process.off(name, told))
}
