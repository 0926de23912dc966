import { lineSize } from '../harness/payload.ts'
import { Contest } from '../runner/contest.ts'
import { cost } from '../runner/measure.ts'
import { contestants } from '../runner/peers.ts'
import { oneCore } from '../runner/placement.ts'
import type { Context, Row, Section, Workload } from '../runner/section.ts'

/** Who reads a byte at a time would take minutes; the figures are for one line. */
const fewer: Readonly<Record<string, number>> = { pyserial: 16 }

/** Lines out of a stream that does not end. */
export const framed: Workload = {
  id: 'lines',
  async run({ peers, quick }: Context): Promise<Section> {
    const [warm, count, times] = quick ? [64_000, 64_000, 3] : [128_000, 512_000, 5]
    const able = contestants(peers, 'lines')
    const contest = await Contest.hold(able, times, async (peer) => {
      const part = fewer[peer.id] ?? 1
      const args = [warm / part, count / part]
      const found = await cost(peer, { farEnd: 'lines', cores: oneCore, work: 'lines', args })
      const one = (1e6 * part) / count
      return { time: found.seconds * one, cpu: found.cpu * one }
    })
    return {
      title: 'Lines',
      about:
        `\`for await (const line of port.lines())\`, beside npm serialport’s \`ReadlineParser\`, pySerial’s \`for line in port\` ` +
        `(a sixteenth of the lines) and a search for line ends in C: ${count} lines of ${lineSize} bytes, sent as fast as ` +
        `they are taken, after ${warm} to warm up, ${times} processes each, on one core. µs a line.`,
      head: ['program', 'time', 'CPU', 'time of baud over it', 'CPU of baud over it'],
      rows: able.map((peer): Row => {
        const slower = contest.baudOver(peer, ({ time }) => time)
        const dearer = contest.baudOver(peer, ({ cpu }) => cpu)
        const time = contest.figures(peer, (result) => result.time)
        const cpu = contest.figures(peer, (result) => result.cpu)
        return [peer.name, time, cpu, slower ?? '', dearer ?? '']
      }),
      targets: [],
    }
  },
}
