import { Contest } from '../runner/contest.ts'
import { cost } from '../runner/measure.ts'
import { contestants } from '../runner/peers.ts'
import type { Peer } from '../runner/peers.ts'
import { oneCore, twoCores } from '../runner/placement.ts'
import type { Placement } from '../runner/placement.ts'
import { atLeast, atMost } from '../runner/section.ts'
import type { Context, Row, Section, Target, Workload } from '../runner/section.ts'

const directions = [
  { name: 'send', send: 1, receive: 0 },
  { name: 'receive', send: 0, receive: 1 },
  { name: 'both at once', send: 1, receive: 1 },
] as const

type Direction = (typeof directions)[number]

/** What to move: MB in each direction, to warm up and then, so many times. */
interface Amount {
  readonly warm: number
  readonly megabytes: number
  readonly times: number
}

const piece = 65_536

/** Of baud's rate to the floor's, and of its processor time. */
const [leastRate, mostTime] = [0.95, 1.2]

/** As many bytes as the line takes, one way and both ways, and what this costs. */
export const throughput: Workload = {
  id: 'throughput',
  async run({ peers, quick }: Context): Promise<Section> {
    const amount: Amount = quick
      ? { warm: 32, megabytes: 32, times: 3 }
      : { warm: 64, megabytes: 128, times: 5 }
    const rows: Row[] = []
    const targets: Target[] = []
    const compareAt = async (placement: Placement, direction: Direction): Promise<void> => {
      const found = await compare(contestants(peers, 'stream'), placement, direction, amount)
      rows.push(...found.rows)
      targets.push(...found.targets)
    }
    for (const direction of directions) await compareAt(oneCore, direction)
    if (!quick) await compareAt(twoCores, directions[2])
    return {
      title: 'Throughput',
      about:
        `${amount.megabytes} MB in each direction after ${amount.warm} MB to warm up, given to the library in pieces of ` +
        `64 KiB, in a fresh process, ${amount.times} processes each. MB/s, of both directions together where both are ` +
        'used; the processor time, user and system, is the program’s own; the memory, in MB, is the most it ever had.',
      head: [
        'cores',
        'direction',
        'program',
        'MB/s',
        'CPU s/GB',
        'memory',
        'MB/s of baud over it',
        'CPU of baud over it',
      ],
      rows,
      targets,
    }
  },
}

async function compare(
  able: readonly Peer[],
  placement: Placement,
  { name, receive, send }: Direction,
  { megabytes, times, warm }: Amount,
): Promise<Pick<Section, 'rows' | 'targets'>> {
  const amounts = [warm, send * megabytes, receive * megabytes].map((amount) => amount * 1e6)
  const moved = (send + receive) * megabytes
  const contest = await Contest.hold(able, times, (peer) => {
    return cost(peer, { farEnd: 'stream', cores: placement, work: 'stream', args: [...amounts, piece] })
  })
  const rows: Row[] = []
  const targets: Target[] = []
  for (const peer of able) {
    const rate = contest.figures(peer, ({ seconds }) => moved / seconds)
    const cpu = contest.figures(peer, (result) => (result.cpu / moved) * 1000)
    const peak = contest.figures(peer, (result) => result.peak)
    const faster = contest.baudOver(peer, ({ seconds }) => moved / seconds)
    const dearer = contest.baudOver(peer, (result) => result.cpu)
    rows.push([placement.name, name, peer.name, rate, cpu, peak, faster ?? '', dearer ?? ''])
    if (peer.id !== 'floor' || placement !== oneCore) continue
    const what = `${name}, ${placement.name}, over ${peer.name}`
    targets.push(atLeast(`Throughput, ${what}`, faster?.median, leastRate))
    targets.push(atMost(`CPU for the same bytes, ${what}`, dearer?.median, mostTime))
  }
  return { rows, targets }
}
