// What `npm test` prints while it goes on, and what it has counted at the end.
import { Failed } from './project.mjs'

const say = (text) => console.log(text)
const indent = (text) => text.trimEnd().replaceAll(/^(?=.)/gm, '    ')
const sentence = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`

/** What is done and counted together, under a heading. */
class Part {
  #sums = { passed: 0, failed: 0, skipped: 0 }
  #tag
  #count

  /**
   * @param {string} tag what its lines begin with, where those of other parts come between them
   * @param {(what: 'passed' | 'failed' | 'skipped', number: number, titles?: string[]) => void} count
   */
  constructor(tag, count) {
    this.#tag = tag
    this.#count = count
  }

  /** Runs one step of the preparation or one check; true when it succeeded. */
  async step(name, work) {
    const started = performance.now()
    try {
      await work()
      this.#outcome(name, started, '', [])
      return true
    } catch (error) {
      const text = error instanceof Failed ? error.output : String(error.stack)
      this.#outcome(name, started, '', [{ title: name, text }])
      return false
    }
  }

  /**
   * Runs one test file and counts what came of it.
   *
   * @param {string} source what it is called here
   * @param {string} where what to put before it in the list of failures
   * @param {() => Promise<import('./recorder.mjs').Result>} run
   */
  async file(source, where, run) {
    const started = performance.now()
    const { passed, skipped, failures, output } = await run()
    const problems = failures.map(({ name, error }) => ({
      title: `${where}  ${source}  ${name}`,
      text: error,
    }))
    this.#outcome(source, started, sentence({ passed, failed: failures.length, skipped }), problems)
    // What the tests printed explains a failure and is noise otherwise.
    if (problems.length > 0 && output) say(`  printed by ${source}:\n${indent(output)}\n`)
    this.#add('passed', passed)
    this.#add('skipped', skipped)
  }

  #add(what, number, titles) {
    this.#sums[what] += number
    this.#count(what, number, titles)
  }

  /** Prints one line for what was done, and in full what went wrong. */
  #outcome(name, started, detail, problems) {
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    const mark = problems.length > 0 ? '✗' : '✓'
    say(`  ${mark} ${this.#tag}${name}  ${detail}${detail && ', '}${seconds} s`)
    for (const { title, text } of problems) say(`\n  ✗ ${title}\n${indent(text)}\n`)
    const titles = problems.map(({ title }) => title)
    this.#add('failed', problems.length, titles)
  }

  /** Prints what the part has counted. */
  sum() {
    say(`  ${this.#tag}${sentence(this.#sums)}`)
  }
}

export class Tally {
  #total = { passed: 0, failed: 0, skipped: 0 }
  /** What failed, repeated at the end. */
  #failures = []

  /** Begins a part with a heading. */
  begin(heading, tag = '') {
    if (heading) say(`\n${heading}`)
    return new Part(tag, (what, number, titles = []) => {
      this.#total[what] += number
      this.#failures.push(...titles)
    })
  }

  /** Prints the last lines; true when something ran and nothing failed. */
  end() {
    const { passed, failed } = this.#total
    const none = passed + failed === 0
    if (failed > 0) say(`\nfailed:\n${this.#failures.map((title) => `  ${title}`).join('\n')}`)
    if (none) say('\nno test ran')
    say(`\n${sentence(this.#total)}`)
    return !none && failed === 0
  }
}
