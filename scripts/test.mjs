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
import { places, rounds, Unavailable } from './lib/places.mjs'
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

async function testLine(place, line, files, tag) {
  const where = `node ${line}${place.title}`
  const part = tally.begin(where, tag && `${tag} ${line}  `)
  if (!(await part.step('binary', () => place.binary(line)))) return
  const waiting = place.inOrder?.(files) ?? [...files]
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const run = place.run.bind(undefined, line, inRoot('build', file))
      await part.file(file.replace(/\.js$/, '.ts'), where, run)
    }
  }
  await Promise.all(Array.from({ length: place.atATime ?? 1 }, work))
  part.sum()
}

/** Gets something ready; says why where it is not to be had, which is a failure where all must be run. */
async function isThere(part, what, name, work) {
  let there = false
  await part.step(`${what} ${name}`, async () => {
    try {
      await work()
      there = true
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      if (process.env.CI) throw new Failed(name, `${error.message}\n`)
      console.log(`\n${name}: nothing is tested there. ${error.message}`)
    }
  })
  return there
}

/** The lines to test in a place, with the files of each. */
function workOf(name, place) {
  // A line that is nowhere to be had is for the first place to complain of.
  const chosen = options.node?.map(Number).filter((line) => name === 'here' || place.lines.includes(line))
  return (chosen ?? place.lines)
    .map((line) => [line, testFiles().filter((file) => place.takes(file, line))])
    .filter(([, files]) => files.length > 0)
}

/** The places that are open now. */
const opened = new Set()

async function testPlace(name, place, tag) {
  const part = tally.begin(place.note, tag && `${tag}  `)
  if (!(await isThere(part, 'ready', name, () => place.open()))) return
  opened.add(place)
  try {
    for (const [line, files] of workOf(name, place)) await testLine(place, line, files, tag)
  } finally {
    opened.delete(place)
    await place.close()
  }
}

/** What is installed for one place is not to hold up the tests in another. */
async function prepare() {
  const ready = new Set()
  const part = tally.begin('places')
  for (const name of wanted) {
    if (workOf(name, places[name]).length === 0) continue
    if (await isThere(part, 'install', name, () => places[name].prepare())) ready.add(name)
  }
  return ready
}

async function testEverywhere() {
  const ready = await prepare()
  for (const round of rounds) {
    const tracks = round
      .map((names) => names.filter((name) => ready.has(name)))
      .filter(({ length }) => length > 0)
    const test = async (names) => {
      for (const name of names) await testPlace(name, places[name], tracks.length > 1 ? name : '')
    }
    await Promise.all(tracks.map(test))
  }
}

async function everything() {
  const build = tally.begin('build')
  const built =
    (await build.step('install', install)) &&
    (await build.step('src → dist', buildPackage)) &&
    (await build.step('src, test, examples → build', buildTests))
  if (!built) return
  if (!options['no-checks']) {
    const part = tally.begin('checks')
    for (const [name, check] of Object.entries(checks)) await part.step(name, check)
  }
  await testEverywhere()
}

const closeAll = () => Promise.all([...opened].map((place) => place.close()))
const takeBack = whenToldToEnd((code) => void closeAll().then(() => process.exit(code)))
await everything()
takeBack()
if (!tally.end()) process.exitCode = 1
