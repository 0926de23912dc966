import type { Cost } from '../harness/meter.ts'
import { Contest } from '../runner/contest.ts'
import { cost } from '../runner/measure.ts'
import { contestants } from '../runner/peers.ts'
import type { Peer } from '../runner/peers.ts'
import { oneCore } from '../runner/placement.ts'
import type { Context, Row, Section, Workload } from '../runner/section.ts'

/** What a call costs, whatever it carries: many bytes, one at a time. */
export const small: Workload = {
  id: 'small',
  async run({ peers, quick }: Context): Promise<Section> {
    const [warm, writes, times] = quick ? [5000, 20_000, 3] : [10_000, 100_000, 5]
    const compare = async (able: readonly Peer[], how: string, rush: 0 | 1): Promise<readonly Row[]> => {
      const contest = await Contest.hold(able, times, (peer) => {
        return peer.does.includes('writes')
          ? cost(peer, { farEnd: 'stream', cores: oneCore, work: 'writes', args: [warm, writes, rush] })
          : cost(peer, { farEnd: 'stream', cores: oneCore, work: 'stream', args: [warm, writes, 0, 1] })
      })
      const time = ({ seconds }: Cost) => (seconds / writes) * 1e6
      const cpu = (result: Cost) => (result.cpu / writes) * 1e6
      return able.map((peer) => {
        const [slower, dearer] = [contest.baudOver(peer, time), contest.baudOver(peer, cpu)]
        const own = [contest.figures(peer, time), contest.figures(peer, cpu)]
        return [how, peer.name, ...own, slower ?? '', dearer ?? '']
      })
    }
    return {
      title: 'Small writes',
      about:
        `One byte at a time, ${writes} times after ${warm}, ${times} processes each, on one core: each when the system has ` +
        'taken the one before; and all in a rush, without waiting for any, where a library may put many into one call of ' +
        'the system. µs a write, until the far end has the last.',
      head: ['writes', 'program', 'time', 'CPU', 'time of baud over it', 'CPU of baud over it'],
      rows: [
        ...(await compare(contestants(peers, 'stream'), 'one by one', 0)),
        ...(await compare(contestants(peers, 'writes'), 'in a rush', 1)),
      ],
      targets: [],
    }
  },
}
