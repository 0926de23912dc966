import { inTurn, roundTrips } from '../runner/measure.ts'
import { contestants } from '../runner/peers.ts'
import type { Peer } from '../runner/peers.ts'
import { oneCore, placementsFor, twoCores } from '../runner/placement.ts'
import type { Placement } from '../runner/placement.ts'
import { atMost } from '../runner/section.ts'
import type { Context, Row, Section, Target, Workload } from '../runner/section.ts'
import { Figures, quantile } from '../runner/statistics.ts'

interface Kind {
  readonly id: 'echo' | 'blocking'
  readonly title: string
  readonly how: string
  readonly limits: readonly Limit[]
}

/** The most that baud's time may be of another program's. */
interface Limit {
  readonly than: string
  readonly ratio: number
  readonly where: readonly Placement[]
}

const kinds: readonly Kind[] = [
  {
    id: 'echo',
    title: 'Echo round trip, asynchronous',
    how: '`await port.write(message)`, then `await port.readExactly(16)`',
    limits: [
      // On two cores most of the time is the cores' waking up, which no program can be faster than: see the floor.
      { than: 'serialport', ratio: 0.5, where: [oneCore] },
      { than: 'floor', ratio: 1.5, where: [oneCore, twoCores] },
    ],
  },
  {
    id: 'blocking',
    title: 'Echo round trip, blocking',
    how: '`port.write(message)`, then `port.readExactly(16)`, on a port of `openSync`',
    limits: [{ than: 'floor', ratio: 1.2, where: [oneCore, twoCores] }],
  },
]

/** 16 bytes there and back, one message at a time: what a request to a device costs beside the device's own time. */
export const echoes: readonly Workload[] = kinds.map((kind) => ({
  id: kind.id,
  run: (context) => run(kind, context),
}))

/** How much to do: rounds to warm up, rounds to measure, and so many times. */
interface Amount {
  readonly warm: number
  readonly rounds: number
  readonly times: number
}

async function run(kind: Kind, { peers, quick }: Context): Promise<Section> {
  const { how, id, title } = kind
  const amount: Amount = quick
    ? { warm: 3000, rounds: 3000, times: 5 }
    : { warm: 5000, rounds: 10_000, times: 7 }
  const { rounds, times, warm } = amount
  const rows: Row[] = []
  const targets: Target[] = []
  for (const placement of placementsFor(quick)) {
    const found = await compare(kind, contestants(peers, id), placement, amount)
    rows.push(...found.rows)
    targets.push(...found.targets)
  }
  return {
    title,
    about:
      `${how}: 16 bytes, ${rounds} rounds after ${warm} to warm up, in a fresh process, ${times} processes each. ` +
      'The times are in µs.',
    head: ['cores', 'program', 'p50', 'p99', 'p50 of baud over it'],
    rows,
    targets,
  }
}

async function compare(
  { id, limits, title }: Kind,
  able: readonly [baud: Peer, ...others: Peer[]],
  placement: Placement,
  { rounds, times, warm }: Amount,
): Promise<Pick<Section, 'rows' | 'targets'>> {
  const measured = await inTurn(able, times, (peer) => {
    return roundTrips('echo', placement, peer.command(), id, warm, rounds)
  })
  const figures = (peer: Peer, part: number) => {
    return new Figures((measured.get(peer) ?? []).map((us) => quantile(us, part)))
  }
  const [baud, ...others] = able
  const rows: Row[] = [[placement.name, baud.name, figures(baud, 0.5), figures(baud, 0.99), '']]
  const targets: Target[] = []
  for (const peer of others) {
    const ratio = figures(baud, 0.5).over(figures(peer, 0.5))
    rows.push([placement.name, peer.name, figures(peer, 0.5), figures(peer, 0.99), ratio])
    const limit = limits.find(({ than, where }) => than === peer.id && where.includes(placement))
    if (limit === undefined) continue
    targets.push(atMost(`${title}, ${placement.name}: p50 over ${peer.name}`, ratio.median, limit.ratio))
  }
  return { rows, targets }
}
