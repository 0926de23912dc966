import { inTurn, transfer } from '../runner/measure.ts'
import { contestants } from '../runner/peers.ts'
import type { Peer } from '../runner/peers.ts'
import { oneCore, placementsFor } from '../runner/placement.ts'
import type { Placement } from '../runner/placement.ts'
import { atLeast, atMost } from '../runner/section.ts'
import type { Context, Row, Section, Target, Workload } from '../runner/section.ts'
import { Figures } from '../runner/statistics.ts'

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

/** As many bytes as the line takes, one way and both ways, and the processor time that this costs. */
export const throughput: Workload = {
  id: 'throughput',
  async run({ peers, quick }: Context): Promise<Section> {
    const amount: Amount = { warm: quick ? 16 : 32, megabytes: quick ? 32 : 64, times: 5 }
    const rows: Row[] = []
    const targets: Target[] = []
    for (const placement of placementsFor(quick)) {
      // A quick look is at the direction that has a target.
      for (const direction of quick ? directions.slice(-1) : directions) {
        const found = await compare(contestants(peers, 'stream'), placement, direction, amount)
        rows.push(...found.rows)
        targets.push(...found.targets)
      }
    }
    return {
      title: 'Throughput',
      about:
        `${amount.megabytes} MB in each direction after ${amount.warm} MB to warm up, given to \`write\` in pieces of ` +
        `64 KiB, in a fresh process, ${amount.times} processes each. MB/s, of both directions together where both are ` +
        'used; CPU is the program’s own, user and system, in seconds.',
      head: ['cores', 'direction', 'program', 'MB/s', 'CPU s', 'MB/s of baud over it', 'CPU of baud over it'],
      rows,
      targets,
    }
  },
}

async function compare(
  able: readonly [baud: Peer, ...others: Peer[]],
  placement: Placement,
  { name, receive, send }: Direction,
  { megabytes, times, warm }: Amount,
): Promise<Pick<Section, 'rows' | 'targets'>> {
  const amounts = [warm, send * megabytes, receive * megabytes].map((amount) => amount * 1e6)
  const measured = await inTurn(able, times, (peer) => {
    return transfer('stream', placement, peer.command(), 'stream', ...amounts)
  })
  const all = (peer: Peer) => measured.get(peer) ?? []
  const rate = (peer: Peer) =>
    new Figures(all(peer).map(({ seconds }) => ((send + receive) * megabytes) / seconds))
  const cpu = (peer: Peer) => new Figures(all(peer).map((result) => result.cpu))

  const [baud, ...others] = able
  const rows: Row[] = [[placement.name, name, baud.name, rate(baud), cpu(baud), '', '']]
  const targets: Target[] = []
  for (const peer of others) {
    const faster = rate(baud).over(rate(peer))
    const dearer = cpu(baud).over(cpu(peer))
    rows.push([placement.name, name, peer.name, rate(peer), cpu(peer), faster, dearer])
    // One way, and on two cores, the floor itself is not that much better.
    if (peer.id !== 'serialport' || placement !== oneCore || send + receive < 2) continue
    const what = `${name}, over ${peer.name}`
    targets.push(atLeast(`Throughput, ${what}`, faster.median, 2))
    targets.push(atMost(`CPU for the same bytes, ${what}`, dearer.median, 0.4))
  }
  return { rows, targets }
}
