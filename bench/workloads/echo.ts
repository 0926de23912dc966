import { Contest } from '../runner/contest.ts'
import { roundTrips } from '../runner/measure.ts'
import { contestants } from '../runner/peers.ts'
import { oneCore, twoCores } from '../runner/placement.ts'
import type { Placement } from '../runner/placement.ts'
import { atMost } from '../runner/section.ts'
import type { Context, Row, Section, Target, Workload } from '../runner/section.ts'
import { quantile } from '../runner/statistics.ts'

interface Kind {
  readonly id: 'echo' | 'blocking'
  readonly title: string
  readonly style: 'async' | 'blocking'
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
    style: 'async',
    how: '`await port.write(message)`, then `await port.readExactly(message.length)`',
    limits: [
      { than: 'floor', ratio: 1.3, where: [oneCore, twoCores] },
      // On two cores most of the time is the cores' waking up, which no program can be faster than: see the floor.
      { than: 'serialport', ratio: 0.33, where: [oneCore] },
    ],
  },
  {
    id: 'blocking',
    title: 'Echo round trip, blocking',
    style: 'blocking',
    how: '`port.write(message)`, then `port.readExactly(message.length)`, on a port of `openSync`',
    limits: [
      { than: 'floor', ratio: 1.1, where: [oneCore, twoCores] },
      { than: 'pyserial', ratio: 0.7, where: [oneCore] },
    ],
  },
]

/** The size that the targets are about. */
const usual = 16

/** A message there and back, one at a time: what a request to a device costs beside the device's own time. */
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

const usually: Amount = { warm: 5000, rounds: 10_000, times: 7 }
const otherwise: Amount = { warm: 2000, rounds: 4000, times: 3 }
const quickly: Amount = { warm: 2000, rounds: 2000, times: 3 }

async function run(kind: Kind, { peers, quick }: Context): Promise<Section> {
  const rows: Row[] = []
  const targets: Target[] = []
  const compareAt = async (placement: Placement, size: number, amount: Amount): Promise<void> => {
    const found = await compare(kind, contestants(peers, 'echo', kind.style), placement, size, amount)
    rows.push(...found.rows)
    targets.push(...found.targets)
  }
  // On one core the figures are steady, so that is where a quick look looks.
  await compareAt(oneCore, usual, quick ? quickly : usually)
  if (!quick) {
    for (const size of [1, 256, 4096]) await compareAt(oneCore, size, otherwise)
    await compareAt(twoCores, usual, usually)
  }
  const { rounds, times, warm } = quick ? quickly : usually
  const others = `; for the other sizes ${otherwise.rounds} after ${otherwise.warm} in ${otherwise.times}`
  return {
    title: kind.title,
    about:
      `${kind.how}: ${usual} bytes, ${rounds} rounds after ${warm} to warm up, in a fresh process, ${times} processes ` +
      `each${quick ? '' : others}. The times are in µs.`,
    head: ['cores', 'bytes', 'program', 'p50', 'p99', 'p99.9', 'p50 of baud over it'],
    rows,
    targets,
  }
}

async function compare(
  { limits, title }: Kind,
  able: Parameters<typeof Contest.hold>[0],
  placement: Placement,
  size: number,
  { rounds, times, warm }: Amount,
): Promise<Pick<Section, 'rows' | 'targets'>> {
  const contest = await Contest.hold(able, times, (peer) => {
    return roundTrips(peer, { farEnd: 'echo', cores: placement, work: 'echo', args: [size, warm, rounds] })
  })
  const rows: Row[] = []
  const targets: Target[] = []
  for (const peer of able) {
    const at = (part: number) => contest.figures(peer, (us) => quantile(us, part))
    const ratio = contest.baudOver(peer, (us) => quantile(us, 0.5))
    rows.push([placement.name, `${size}`, peer.name, at(0.5), at(0.99), at(0.999), ratio ?? ''])
    const limit = limits.find(({ than, where }) => than === peer.id && where.includes(placement))
    if (limit === undefined || size !== usual) continue
    targets.push(atMost(`${title}, ${placement.name}: p50 over ${peer.name}`, ratio?.median, limit.ratio))
  }
  return { rows, targets }
}
