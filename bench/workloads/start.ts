import { Contest } from '../runner/contest.ts'
import { steps } from '../runner/measure.ts'
import type { Steps } from '../runner/measure.ts'
import { contestants, runningLine } from '../runner/peers.ts'
import { oneCore } from '../runner/placement.ts'
import type { Context, Row, Section, Workload } from '../runner/section.ts'

interface Found extends Steps {
  /** Of the whole process, with what the runtime and the import take. */
  readonly whole: number
}

/** From nothing to the first byte, and back. */
export const start: Workload = {
  id: 'start',
  async run({ peers, quick }: Context): Promise<Section> {
    const times = quick ? 5 : 15
    const able = contestants(peers, 'start').filter(({ line }) => line === undefined || line === runningLine)
    const contest = await Contest.hold(able, times, async (peer): Promise<Found> => {
      const began = performance.now()
      const found = await steps(peer, { farEnd: 'echo', cores: oneCore, work: 'start' })
      return { ...found, whole: performance.now() - began }
    })
    const columns: readonly ((found: Found) => number)[] = [
      ({ open }) => open,
      ({ exchange }) => exchange,
      ({ close }) => close,
      ({ whole }) => whole,
    ]
    return {
      title: 'Start',
      about:
        'A process that opens the port, sends its first byte and gets it back, and closes the port; the whole is the ' +
        `process from its start to its end, the benchmark’s own parts included. ${times} processes each, on one core; ms.`,
      head: ['program', 'open', 'first byte', 'close', 'whole'],
      rows: able.map((peer): Row => [peer.name, ...columns.map((pick) => contest.figures(peer, pick))]),
      targets: [],
    }
  },
}
