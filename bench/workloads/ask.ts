import { Contest } from '../runner/contest.ts'
import { roundTrips } from '../runner/measure.ts'
import { contestants } from '../runner/peers.ts'
import { oneCore } from '../runner/placement.ts'
import type { Context, Row, Section, Workload } from '../runner/section.ts'
import { quantile } from '../runner/statistics.ts'

const styles = ['async', 'blocking'] as const

/** A request and its answer, as users write it. */
export const ask: Workload = {
  id: 'ask',
  async run({ peers, quick }: Context): Promise<Section> {
    const [warm, rounds, times] = quick ? [1000, 1000, 3] : [3000, 5000, 5]
    const rows: Row[] = []
    for (const style of styles) {
      const able = contestants(peers, 'ask', style)
      const contest = await Contest.hold(able, times, (peer) => {
        return roundTrips(peer, { farEnd: 'echo', cores: oneCore, work: 'ask', args: [warm, rounds] })
      })
      for (const peer of able) {
        const at = (part: number) => contest.figures(peer, (us) => quantile(us, part))
        const ratio = contest.baudOver(peer, (us) => quantile(us, 0.5))
        rows.push([style, peer.name, at(0.5), at(0.99), at(0.999), ratio ?? ''])
      }
    }
    return {
      title: 'Request and response',
      about:
        'Write a line, then `readLine({ timeout: 500 })`; with npm serialport, `ReadlineParser` and a timer around its ' +
        `\`data\` event; with pySerial, \`readline()\`; in C, a search for the line end. ${rounds} requests of some 16 ` +
        `characters after ${warm}, ${times} processes each, on one core. The times are in µs.`,
      head: ['calls', 'program', 'p50', 'p99', 'p99.9', 'p50 of baud over it'],
      rows,
      targets: [],
    }
  },
}
