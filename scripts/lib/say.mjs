// What the scripts print.
import { Failed } from './project.mjs'

/** Progress goes to stderr: stdout is the tool's. */
export const progress = (text) => process.stderr.write(`${text}\n`)

/** Runs the steps; where a command fails, prints what it printed and ends with exit code 1. */
export async function orExplain(steps) {
  try {
    await steps()
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    progress(`${error.output}${error.message}`)
    process.exit(1)
  }
}
