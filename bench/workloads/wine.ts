import type { Cost } from '../harness/meter.ts'
import { Contest } from '../runner/contest.ts'
import { contestants } from '../runner/peers.ts'
import { oneCore } from '../runner/placement.ts'
import { atLeast, atMost } from '../runner/section.ts'
import type { Context, Row, Section, Target, Workload } from '../runner/section.ts'
import { quantile } from '../runner/statistics.ts'
import { Wine } from '../runner/wine.ts'

const size = 16
const piece = 65_536

/** Of baud's time to npm serialport's and to that of the same calls in C, and of its rate to npm serialport's. */
const [mostOfOther, mostOfC, leastRate] = [0.06, 1.15, 4]

interface Amount {
  readonly rounds: number
  readonly megabytes: number
  readonly times: number
}

interface Part {
  readonly rows: readonly Row[]
  readonly targets: readonly Target[]
}

/** The calls of Windows, as Wine makes them: all programs as on Windows, on the same COM port. */
export const windows: Workload = {
  id: 'wine',
  async run({ quick }: Context): Promise<Section> {
    const amount: Amount = quick
      ? { rounds: 1000, megabytes: 4, times: 5 }
      : { rounds: 2000, megabytes: 8, times: 5 }
    await using wine = await Wine.start(oneCore)
    const peers = await wine.findPeers()
    const asynchronous = await echo(wine, contestants(peers, 'echo', 'async'), 'async', amount)
    const blocking = await echo(wine, contestants(peers, 'echo', 'blocking'), 'blocking', amount)
    const streams = await stream(wine, contestants(peers, 'stream'), amount)
    return {
      title: 'As on Windows',
      about:
        `Under ${wine.version}: node.exe, and a program in C that makes the same overlapped calls as baud’s blocking port, ` +
        `all on one core with Wine’s server. Echo of ${size} bytes, ${amount.rounds} rounds after as many, as far as 4 s are ` +
        'enough, µs; both ways at ' +
        `once, ${amount.megabytes} MB each after as many, MB/s. ${amount.times === 1 ? 'Once' : `${amount.times} times`} each.`,
      head: ['what', 'program', 'p50, or rate', 'p99, or CPU s/GB', 'baud over it'],
      rows: [...asynchronous.rows, ...blocking.rows, ...streams.rows],
      targets: [...asynchronous.targets, ...blocking.targets, ...streams.targets],
    }
  },
}

type Able = ReturnType<typeof contestants>

async function echo(wine: Wine, able: Able, style: string, { rounds, times }: Amount): Promise<Part> {
  const contest = await Contest.hold(able, times, async (peer) => {
    const { us } = (await wine.measure(peer, 'echo', 'echo', size, rounds, rounds)) as { us: number[] }
    return us
  })
  const rows: Row[] = []
  const targets: Target[] = []
  for (const peer of able) {
    const ratio = contest.baudOver(peer, (us) => quantile(us, 0.5))
    const at = (part: number) => contest.figures(peer, (us) => quantile(us, part))
    rows.push([`echo, ${style}`, peer.name, at(0.5), at(0.99), ratio ?? ''])
    const limit = { serialport: mostOfOther, overlapped: mostOfC }[peer.id]
    if (limit === undefined) continue
    targets.push(atMost(`Wine: echo, ${style}, p50 over ${peer.name}`, ratio?.median, limit))
  }
  return { rows, targets }
}

async function stream(wine: Wine, able: Able, { megabytes, times }: Amount): Promise<Part> {
  const bytes = megabytes * 1e6
  const contest = await Contest.hold(able, times, async (peer) => {
    return (await wine.measure(peer, 'stream', 'stream', bytes, bytes, bytes, piece)) as Cost
  })
  const rows: Row[] = []
  const targets: Target[] = []
  for (const peer of able) {
    const rate = ({ seconds }: Cost) => (2 * megabytes) / seconds
    const faster = contest.baudOver(peer, rate)
    const cpu = contest.figures(peer, (cost) => (cost.cpu / megabytes / 2) * 1000)
    rows.push(['both at once', peer.name, contest.figures(peer, rate), cpu, faster ?? ''])
    if (!peer.isBaud) targets.push(atLeast(`Wine: throughput over ${peer.name}`, faster?.median, leastRate))
  }
  return { rows, targets }
}
