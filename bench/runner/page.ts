import { execFileSync } from 'node:child_process'
import { cpus, loadavg, release } from 'node:os'
import type { Peer } from './peers.ts'
import { installedNodes } from './places.ts'
import { explain } from './reasons.ts'
import { sectionText, targetTable } from './report.ts'
import type { Section } from './section.ts'

const [load = 0] = loadavg()

/** docs/performance.md */
export function page(peers: readonly Peer[], sections: readonly Section[]): string {
  const targets = sections.flatMap((section) => section.targets)
  return `# Performance

What baud costs beside its peers, and beside a bare loop of \`poll\`, \`read\` and \`write\` in C, which nothing can be much
faster than. Written by \`npm run bench\`; not to be edited.

${machine(peers)}

## What the figures mean

There is no device: a pseudo-terminal stands in for the port, so a byte costs what the system and the programs
take, and no time on a wire. A program of its own, in C, holds the other end. Every byte is checked against what was sent: where bytes go one way,
by who gets them; where they come back, by who sent them. All programs do the same work, in the same amounts where nothing else is said, each in a fresh
process, and take turns: A B C, B C A, C A B. Each does it the way its own documentation shows (\`bench/programs\`, a file for each).

Each figure is the median of the repetitions, with the least and the greatest in brackets. Only **ratios** carry over to
another machine: they are of the medians, with the least and the greatest of runs that followed one another in brackets, and
of the same Node line where both programs run on Node. The two ends are pinned, since unpinned results fall into two modes
by where the scheduler puts them:

- On **one core** the figures are the work itself. They are steady, and the targets are about them.
- On **two cores** most of the time goes into waking the other core, which is the same for every program, and it varies; a
  program that is slower to wake may even move more bytes at a time. There the CPU seconds tell more than the rates.

npm \`serialport\` works with the threads of libuv’s pool, which share the core of its event loop here; on a core of their own,
as in “Echo beside other work”, it waits for that core to wake each time. “Stalled” is who got no answer, or was not done in
a multiple of the time that the others need: on Node 26, npm \`serialport\` while a timer is pending, and now and then
without one.

At 115,200 bit/s 16 bytes spend 1,400 µs on the wire: what counts then is how much of the processor is left for the rest of the
program.

## Targets

${targetTable(targets)}

### What keeps baud from a bound

“Node’s TTY handle alone” (\`bench/programs/node.ts\`) is the event loop’s own way to read a terminal and a \`write\` of \`fs\`, with no time-outs, no
promises and no errors around them: the floor for what runs on Node’s event loop. “The same loop in JavaScript” (\`bench/programs/loop.ts\`) makes the calls
of the loop in C one by one, with no event loop at all: the floor for what runs in a process of Node’s. What baud’s own calls take is under “Calls”.

${explain(targets)}

${sections.map(sectionText).join('\n')}
## How to repeat it

On Linux on x64 with two cores, \`gcc\` and \`taskset\`: \`npm run bench\`. What is missing of Debian’s packages (pySerial,
libserialport, mingw-w64, Wine) it installs when it may. It takes a while, on a machine with nothing else to do;
\`npm run bench -- --quick\` measures less in some minutes, \`--only echo\` runs one part. A complete run rewrites this page.
`
}

function machine(peers: readonly Peer[]): string {
  const processors = cpus()
  const date = new Date().toISOString().slice(0, 10)
  const model = processors[0]?.model.trim() ?? 'unknown processor'
  const kernel = release().split('.', 2).join('.')
  const others = [...installedNodes().values()].map((node) => {
    return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1)
  })
  const nodes = [process.versions.node, ...others.toSorted()].join(', ')
  const names = peers.map(({ name }) => name).join('; ')
  return `Measured on ${date} on ${processors.length} × ${model}, a shared machine (load average ${load.toFixed(1)} before \
it began; it waits for quiet moments), Linux ${kernel}, Node ${nodes}. Programs: ${names}.`
}
