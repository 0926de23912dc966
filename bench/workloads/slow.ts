import type { Cost } from '../harness/meter.ts'
import { bytesPerMillisecond } from '../harness/pace.ts'
import { Contest } from '../runner/contest.ts'
import { cost } from '../runner/measure.ts'
import { contestants } from '../runner/peers.ts'
import { oneCore } from '../runner/placement.ts'
import type { Context, Row, Section, Workload } from '../runner/section.ts'

/** A program that has something to do with what it reads, and a device that does not wait: nothing is lost, nor piled up. */
export const slow: Workload = {
  id: 'slow',
  async run({ peers, quick }: Context): Promise<Section> {
    const [megabytes, times] = quick ? [2, 1] : [8, 3]
    const able = contestants(peers, 'slow')
    const contest = await Contest.hold(able, times, async (peer) => {
      const bytes = megabytes * 1e6
      const found = await cost(peer, { farEnd: 'stream', cores: oneCore, work: 'slow', args: [bytes] })
      // Timers may be early by a part of a millisecond, and there are hundreds.
      if (found.seconds * 1000 < (0.9 * bytes) / bytesPerMillisecond)
        throw new Error(`${peer.name}: done after ${found.seconds} s, with some of the work left out`)
      return found
    })
    const grown = ({ before, peak }: Cost) => peak - before
    return {
      title: 'Slow reader',
      about:
        `${megabytes} MB from a far end that sends as fast as it can, to a reader that has 1 ms to do with every 4 KiB, as ` +
        `the library gives them in its usual loop; ${times} ${times === 1 ? 'process' : 'processes'} each, on one core. ` +
        'Memory, in MB, is by how much it had grown at most.',
      head: ['program', 's', 'CPU s', 'memory', 'CPU of baud over it'],
      rows: able.map((peer): Row => {
        const time = contest.figures(peer, ({ seconds }) => seconds)
        const cpu = contest.figures(peer, (result) => result.cpu)
        const dearer = contest.baudOver(peer, (result) => result.cpu)
        return [peer.name, time, cpu, contest.figures(peer, grown), dearer ?? '']
      }),
      targets: [],
    }
  },
}
