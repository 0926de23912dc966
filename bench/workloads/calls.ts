import { batches, rounds } from '../harness/call-amount.ts'
import { output } from '../runner/child.ts'
import { inTurn } from '../runner/contest.ts'
import { runningLine } from '../runner/peers.ts'
import { oneCore } from '../runner/placement.ts'
import { callCosts, installedNodes } from '../runner/places.ts'
import type { Context, Section, Workload } from '../runner/section.ts'
import { Figures } from '../runner/statistics.ts'

const patience = 60

/** What baud's own calls cost, with no system below them. */
export const calls: Workload = {
  id: 'calls',
  async run({ quick }: Context): Promise<Section> {
    const times = quick ? 3 : 7
    const nodes = installedNodes().set(runningLine, process.execPath)
    const lines = [...nodes.keys()].toSorted((a, b) => a - b)
    const measured = await inTurn(lines, times, async (line) => {
      const command = ['taskset', '-c', oneCore.program, nodes.get(line) ?? '', callCosts]
      return JSON.parse(await output(command, patience)) as Record<string, number>
    })
    const names = Object.keys(measured.get(lines[0] ?? 0)?.[0] ?? {})
    const figures = (line: number, name: string) =>
      new Figures((measured.get(line) ?? []).map((costs) => costs[name] ?? NaN))
    return {
      title: 'Calls',
      about:
        'Baud’s calls over a transport that takes everything at once, 16 bytes, in a fresh process: ns, with the `await`, when the code is hot: ' +
        `of each process the least of ${batches} batches of ${rounds} calls, ${times} processes each. ` +
        'The reads begin to wait before their bytes arrive. This is all that lies between the user and the system.',
      head: ['call', ...lines.map((line) => `Node ${line}`)],
      rows: names.map((name) => [name, ...lines.map((line) => figures(line, name))]),
      targets: [],
    }
  },
}
