// A node:test reporter for lib/run-file.mjs: one line of JSON for each result, between the lines that the
// tests themselves print. The mark tells them apart.
import { inspect } from 'node:util'

/** Begins each line of the reporter's. */
export const mark = '\u0001'

const line = (record) => `\n${mark}${JSON.stringify(record)}\n`

/** The error as the test threw it, without node's own frames. */
function explain(error) {
  const text = inspect(error?.cause ?? error, { colors: false, depth: 8 })
  return text.replaceAll(/\n +at .*node:(internal|async_hooks).*/g, '')
}

export default async function* report(source) {
  /** The names of the tests and suites that are open, outermost first. */
  const names = []
  for await (const { type, data } of source) {
    if (type === 'test:start') {
      names.length = data.nesting
      names.push(data.name)
    } else if (type === 'test:dequeue') {
      yield line({ begun: data.name })
    } else if (type === 'test:pass' || type === 'test:fail') {
      const isSuite = data.details?.type === 'suite'
      const error = data.details?.error
      // A parent that failed because of a child is not one more failure; nor is one that is still to do.
      const failed = type === 'test:fail' && error?.failureType !== 'subtestsFailed'
      const name = [...names.slice(0, data.nesting), data.name].join(' › ')
      const skipped = data.skip !== undefined || data.todo !== undefined
      if (failed && data.todo === undefined) yield line({ failed: name, error: explain(error) })
      else if (skipped) yield line({ skipped: name })
      else if (type === 'test:pass' && !isSuite) yield line({ passed: name })
    } else if (
      type === 'test:diagnostic' &&
      /asynchronous activity after the test ended/.test(data.message)
    ) {
      // node:test only warns of an error that nobody waited for. To us it is a failure.
      yield line({ failed: 'an error after its test had ended', error: data.message })
    }
  }
  yield line({ ended: true })
}
