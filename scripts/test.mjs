// npm test: builds, checks the project, and runs the compiled tests in every place and under every Node line there.
//   npm test -- --node 22       under this line alone
//   npm test -- --on windows    in this place alone: here, windows, hardware, hardware-windows
//   npm test -- --only framing  only the test files whose path contains this
//   npm test -- --no-checks     the tests alone
// The last line is `N passed, N failed`, summed over all. A check that fails, or a Node that is not to be had, is one
// failure; so is, where CI is set, a place that is not to be had.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { whenToldToEnd } from '../lab/lib/ending.mjs'
import { checks } from './lib/checks.mjs'
import { places, Unavailable } from './lib/places.mjs'
import { buildPackage, buildTests, Failed, inRoot, install } from './lib/project.mjs'
import { Tally } from './lib/tally.mjs'

const { values: options } = parseArgs({
  options: {
    node: { type: 'string', multiple: true },
    on: { type: 'string', multiple: true },
    only: { type: 'string' },
    'no-checks': { type: 'boolean' },
  },
})
const wanted = options.on ?? Object.keys(places)
const unknown = wanted.find((name) => !Object.hasOwn(places, name))
if (unknown !== undefined) throw new Error(`--on ${unknown}: there is ${Object.keys(places).join(', ')}`)

const tally = new Tally()

/** The compiled test files, as paths in build/. */
function testFiles() {
  return readdirSync(inRoot('build/test'), { recursive: true })
    .map((name) => path.join('test', name))
    .filter((name) => name.endsWith('.test.js') && name.includes(options.only ?? ''))
    .toSorted()
}

async function testLine(place, line, files) {
  const where = `node ${line}${place.title}`
  tally.begin(where)
  if (!(await tally.step('binary', () => place.binary(line)))) return
  const waiting = [...files]
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const run = place.run.bind(undefined, line, inRoot('build', file))
      await tally.file(file.replace(/\.js$/, '.ts'), where, run)
    }
  }
  await Promise.all(Array.from({ length: place.atATime ?? 1 }, work))
  tally.sum()
}

/** Gets a place ready; says why where it is not to be had, which is a failure where all must be run. */
async function open(name, place) {
  try {
    await place.open()
    return true
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    if (process.env.CI) throw new Failed(name, `${error.message}\n`)
    console.log(`\n${name}: nothing is tested there. ${error.message}`)
    return false
  }
}

async function testPlace(name, place) {
  const filesOf = (line) => testFiles().filter((file) => place.takes(file, line))
  // A line that is nowhere to be had is for the first place to complain of.
  const chosen = options.node?.map(Number).filter((line) => name === 'here' || place.lines.includes(line))
  const chosenLines = (chosen ?? place.lines).filter((line) => filesOf(line).length > 0)
  if (chosenLines.length === 0) return
  if (place.note) console.log(`\n${place.note}`)
  let there = false
  await tally.step(`ready ${name}`, async () => void (there = await open(name, place)))
  if (!there) return
  const takeBack = whenToldToEnd((code) => void place.close().then(() => process.exit(code)))
  try {
    for (const line of chosenLines) await testLine(place, line, filesOf(line))
  } finally {
    takeBack()
    await place.close()
  }
}

async function everything() {
  tally.begin('build')
  const built =
    (await tally.step('install', install)) &&
    (await tally.step('src → dist', buildPackage)) &&
    (await tally.step('src, test, examples → build', buildTests))
  if (!built) return
  if (!options['no-checks']) {
    tally.begin('checks')
    for (const [name, check] of Object.entries(checks)) await tally.step(name, check)
  }
  for (const name of wanted) await testPlace(name, places[name])
}

await everything()
if (!tally.end()) process.exitCode = 1
