import type { Cost } from '../harness/meter.ts'
import { output, parseResult } from '../runner/child.ts'
import { Contest } from '../runner/contest.ts'
import { FarEnd } from '../runner/companion.ts'
import { contestants, runningLine } from '../runner/peers.ts'
import type { Peer } from '../runner/peers.ts'
import { twoCores } from '../runner/placement.ts'
import { atMost } from '../runner/section.ts'
import type { Context, Row, Section, Target, Workload } from '../runner/section.ts'
import { Figures } from '../runner/statistics.ts'

const speeds = [115_200, 921_600]
const most = 256
const counts = [1, 16, 64, most]

/** Of what one of many ports costs to what a single one does. */
const mostOfOne = 1.1

/** What the program says of itself, and the far end of the messages. */
interface Found extends Cost {
  readonly opened: number
  readonly sent: number
  readonly returned: number
  readonly p50: number
  readonly p99: number
}

interface Amount {
  readonly warm: number
  readonly seconds: number
  readonly times: number
}

/** Many ports in one process, all of them busy: none may cost more for there being others. */
export const ports: Workload = {
  id: 'ports',
  async run({ peers, quick }: Context): Promise<Section> {
    const amount: Amount = quick ? { warm: 0.5, seconds: 1, times: 1 } : { warm: 1, seconds: 2, times: 3 }
    // Baud on one Node line is enough; the others show what is usual at both ends of the range.
    const able = contestants(peers, 'ports').filter(({ line }) => line === undefined || line === runningLine)
    const rows: Row[] = []
    const targets: Target[] = []
    for (const speed of speeds) {
      const found = await compare(able, speed, amount)
      rows.push(...found.rows)
      targets.push(...found.targets)
    }
    return {
      title: 'Many ports',
      about:
        'Each port gets a message every 10 ms, of as many bytes as its speed carries in that time, and sends it back. ' +
        `CPU: ms of the program in each second, for one port; p50 and p99: µs until a message is back, whole; memory: KB ` +
        `for each port when all are open. ${amount.seconds} s after ${amount.warm} s, ${amount.times} times, the far end on ` +
        'the other core. “Back” is how many of the messages were.',
      head: ['bit/s', 'ports', 'program', 'CPU', 'CPU over one port', 'p50', 'p99', 'memory', 'back'],
      rows,
      targets,
    }
  },
}

/** A program with so many ports open. */
interface Many extends Peer {
  readonly count: number
}

async function compare(
  able: readonly Peer[],
  speed: number,
  { seconds, times, warm }: Amount,
): Promise<Pick<Section, 'rows' | 'targets'>> {
  const many = able.flatMap((peer) => counts.map((count): Many => ({ ...peer, count })))
  const contest = await Contest.hold(many, times, (one) => exchange(one, one.count, speed, warm, seconds))
  const rows: Row[] = []
  const targets: Target[] = []
  for (const one of many) {
    const cpu = (found: Found) => (found.cpu / seconds / one.count) * 1000
    const single = many.find(({ count, id }) => id === one.id && count === 1) ?? one
    const [here, there] = [
      contest.figures(one, cpu),
      contest.figures(single, (found) => (found.cpu / seconds) * 1000),
    ]
    const ratio = here instanceof Figures && there instanceof Figures ? here.over(there) : undefined
    const part = contest.figures(one, ({ returned, sent }) => returned / sent)
    rows.push([
      `${speed}`,
      `${one.count}`,
      one.name,
      here,
      one.count === 1 ? '' : (ratio ?? ''),
      contest.figures(one, ({ p50 }) => p50),
      contest.figures(one, ({ p99 }) => p99),
      contest.figures(one, ({ opened }) => (opened * 1000) / one.count),
      part instanceof Figures ? `${(part.median * 100).toFixed(1)} %` : part,
    ])
    if (!one.isBaud) continue
    if (part instanceof Figures && part.values.some((value) => value < 1))
      throw new Error(`${one.name}: messages were lost at ${speed} bit/s with ${one.count} ports`)
    if (one.count !== most) continue
    const what = `CPU for each of ${one.count} ports at ${speed} bit/s, over that of one port`
    targets.push(atMost(what, ratio?.median, mostOfOne))
  }
  return { rows, targets }
}

async function exchange(
  peer: Peer,
  count: number,
  speed: number,
  warm: number,
  seconds: number,
): Promise<Found> {
  await using far = new FarEnd(twoCores, 'traffic', count, speed, warm, seconds)
  const paths: string[] = []
  while (paths.length <= count) paths.push(await far.line())
  const line = ['taskset', '-c', twoCores.program, ...peer.command, 'ports', ...paths]
  const [program, traffic] = await Promise.all([output(line, 60 + warm + seconds), far.line()])
  return { ...(parseResult(program) as object), ...(JSON.parse(traffic) as object) } as Found
}
