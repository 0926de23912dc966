import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { page } from './runner/page.ts'
import { findPeers } from './runner/peers.ts'
import { document } from './runner/places.ts'
import { waitAtMost } from './runner/quiet.ts'
import { explain } from './runner/reasons.ts'
import { sectionText, targetTable } from './runner/report.ts'
import type { Section } from './runner/section.ts'
import { ask } from './workloads/ask.ts'
import { busy } from './workloads/busy.ts'
import { calls } from './workloads/calls.ts'
import { echoes } from './workloads/echo.ts'
import { importing } from './workloads/import.ts'
import { installing } from './workloads/install.ts'
import { framed } from './workloads/lines.ts'
import { long } from './workloads/long.ts'
import { network } from './workloads/network.ts'
import { ports } from './workloads/ports.ts'
import { slow } from './workloads/slow.ts'
import { small } from './workloads/small.ts'
import { start } from './workloads/start.ts'
import { throughput } from './workloads/throughput.ts'
import { windows } from './workloads/wine.ts'

const all = [
  ...echoes,
  calls,
  busy,
  ask,
  throughput,
  small,
  framed,
  slow,
  ports,
  long,
  network,
  importing,
  start,
  installing,
  windows,
]

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
  },
})
const { only, quick } = values
const unknown = only?.find((id) => !all.some((workload) => workload.id === id))
if (unknown !== undefined)
  throw new Error(`--only ${unknown}: there are ${all.map(({ id }) => id).join(', ')}`)

const peers = await findPeers()
const sections: Section[] = []
const failed: string[] = []
for (const workload of all.filter(({ id }) => only?.includes(id) ?? true)) {
  waitAtMost(quick ? 2000 : 12_000)
  const began = performance.now()
  try {
    const section = await workload.run({ peers, quick })
    sections.push(section)
    console.log(sectionText(section))
  } catch (error) {
    // What the others find is worth having all the same.
    failed.push(workload.id)
    console.error(error)
  }
  console.error(`${workload.id}: ${((performance.now() - began) / 1000).toFixed(0)} s\n`)
}

const targets = sections.flatMap((section) => section.targets)
console.log(targetTable(targets))
console.log(explain(targets))
if (targets.some(({ met }) => met !== true)) process.exitCode = 1

if (failed.length > 0) {
  console.error(`could not be measured: ${failed.join(', ')}; docs/performance.md stays as it is`)
  process.exitCode = 2
} else if (only === undefined && !quick) {
  mkdirSync(dirname(document), { recursive: true })
  writeFileSync(document, page(peers, sections))
}
