// What came of one test file: the reporter's lines, told apart from what the tests themselves print.
import { mark } from './reporter.mjs'

/**
 * @typedef {{ passed: number, skipped: number, failures: { name: string, error: string }[], output: string }} Result
 */

export class Recorder {
  /** @type {Result} */
  result = { passed: 0, skipped: 0, failures: [], output: '' }
  #rest = ''
  #latest = 'no test'
  #ended = false
  #onRecord

  /** @param {() => void} onRecord called with each line of the reporter's: the file is getting on */
  constructor(onRecord = () => {}) {
    this.#onRecord = onRecord
  }

  /** Takes what came from the standard output. */
  stdout(text) {
    const parts = (this.#rest + text).split('\n')
    this.#rest = parts.pop()
    for (const part of parts) {
      const at = part.trimEnd()
      if (at.startsWith(mark)) this.#record(JSON.parse(at.slice(mark.length)))
      else if (part) this.result.output += `${part}\n`
    }
  }

  /** Takes what came from the standard error. */
  stderr(text) {
    this.result.output += text
  }

  #record({ begun, passed, skipped, failed, error, ended }) {
    if (begun) this.#latest = `"${begun}"`
    if (passed) this.result.passed++
    if (skipped) this.result.skipped++
    if (failed) this.fail(failed, error)
    if (ended) this.#ended = true
    this.#onRecord()
  }

  fail(name, error) {
    this.result.failures.push({ name, error })
  }

  /**
   * Adds what the way in which the file ended says, and returns the whole.
   *
   * @param {string | number} code the exit code, or what ended it
   * @param {string} [late] why it was ended, if it was
   * @returns {Result}
   */
  finish(code, late) {
    const { passed, skipped, failures } = this.result
    const how = `exit code ${code}; the last test begun: ${this.#latest}`
    if (late) this.fail('hangs', `${late}; ${how}`)
    else if (!this.#ended) this.fail('ended early', how)
    else if (passed + skipped + failures.length === 0) this.fail('empty', 'the file has no test')
    else if (code !== 0 && failures.length === 0) this.fail('failed', `${how}, though no test failed`)
    return this.result
  }
}
