// The hardware lab for tests: one guest, in which one test file after the other is run.
import { PassThrough } from 'node:stream'
import { createInterface } from 'node:readline'
import path from 'node:path'
import { root } from '../lib/install.mjs'
import { LabFailed, runInGuest } from './guest.mjs'

const agent = path.join(root, 'lab/qemu/guest/agent.mjs')

export class HardwareLab {
  #requests = new PassThrough()
  #answers
  #stop = new AbortController()
  #ended
  #said = ''

  /**
   * Boots a guest and gets ready in it one of the places of `npm test`. Throws Unavailable, with the reason, where there
   * can't be a lab, and LabFailed when it broke down.
   *
   * @param {string} place what scripts/lib/places.mjs calls it
   * @param {Parameters<typeof runInGuest>[1]} options
   */
  static async start(place, options) {
    const lab = new HardwareLab()
    const output = new PassThrough()
    lab.#answers = createInterface(output)[Symbol.asyncIterator]()
    lab.#ended = runInGuest([process.execPath, agent, place], {
      ...options,
      input: lab.#requests,
      signal: lab.#stop.signal,
      onOutput: (text) => output.write(text),
      onError: (text) => (lab.#said += text),
    }).finally(() => output.end())
    lab.#ended.catch(() => {}) // Whoever waits for an answer is told.
    await lab.#answer()
    return lab
  }

  /**
   * Runs a compiled test file under a line of Node.
   *
   * @returns {Promise<import('../../scripts/lib/recorder.mjs').Result>}
   */
  async run(line, file) {
    try {
      this.#requests.write(`${JSON.stringify({ line, file })}\n`)
      return (await this.#answer()).result
    } catch (error) {
      if (!(error instanceof LabFailed)) throw error
      const failures = [{ name: 'the guest', error: error.message }]
      return { passed: 0, skipped: 0, failures, output: this.#said }
    }
  }

  async #answer() {
    const { done, value } = await this.#answers.next()
    if (!done) return JSON.parse(value)
    const code = await this.#ended
    throw new LabFailed(`the guest's agent ended with ${code}\n${this.#said}`)
  }

  /** Ends the guest. */
  async stop() {
    this.#requests.end()
    this.#stop.abort()
    await this.#ended.catch(() => {})
  }
}
