import type { Cost } from '../harness/meter.ts'
import { Contest } from '../runner/contest.ts'
import { cost } from '../runner/measure.ts'
import { contestants } from '../runner/peers.ts'
import { oneCore } from '../runner/placement.ts'
import type { Context, Row, Section, Workload } from '../runner/section.ts'

/** What 115,200 bit/s are, with a start and a stop bit to each byte, in an hour. */
const hour = (115_200 / 10) * 3600

const piece = 64

/** Seconds: the slowest takes some twenty, on a machine that does nothing else. */
const patience = 60

/** The traffic of an hour as fast as it goes: what is kept of each message would show. */
export const long: Workload = {
  id: 'long',
  async run({ peers, quick }: Context): Promise<Section> {
    const bytes = quick ? hour / 20 : hour
    const warm = bytes / 10
    const able = contestants(peers, 'stream')
    const contest = await Contest.hold(able, 1, (peer) => {
      const args = [warm, bytes, bytes, piece]
      return cost(peer, { farEnd: 'stream', cores: oneCore, work: 'stream', args, patience })
    })
    const columns: readonly ((cost: Cost) => number)[] = [
      ({ seconds }) => seconds,
      ({ cpu }) => cpu,
      ({ before }) => before,
      ({ after }) => after,
      ({ peak }) => peak,
    ]
    return {
      title: 'Long run',
      about:
        `What a line at 115,200 bit/s carries in an hour${quick ? ' (here a part of it)' : ''}, ` +
        `${(bytes / 1e6).toFixed(1)} MB each way at once, written in messages of ${piece} bytes, after a tenth of it to ` +
        'warm up: once each, on one core. Memory in MB, before and after, and the most it ever was.',
      head: ['program', 's', 'CPU s', 'before', 'after', 'peak'],
      rows: able.map((peer): Row => [peer.name, ...columns.map((pick) => contest.figures(peer, pick))]),
      targets: [],
    }
  },
}
