import { loads } from '../harness/load.ts'
import type { Load } from '../harness/load.ts'
import { inTurn, roundTrips } from '../runner/measure.ts'
import { contestants } from '../runner/peers.ts'
import type { Peer } from '../runner/peers.ts'
import { apart } from '../runner/placement.ts'
import { installedNodes } from '../runner/places.ts'
import { atMost } from '../runner/section.ts'
import type { Context, Row, Section, Target, Workload } from '../runner/section.ts'
import { Figures, quantile } from '../runner/statistics.ts'

/** An idle process differs from itself by less than this; one that waits for a pool thread, by a thousand times. */
const withinNoise = 1.5

const descriptions: Readonly<Record<Load, string>> = {
  idle: 'nothing else',
  timer: 'a pending timer',
  pbkdf2: 'four `pbkdf2` in flight',
}

/** The echo while the process has other things to do, on every Node line there is. */
export const busy: Workload = {
  id: 'busy',
  async run({ peers, quick }: Context): Promise<Section> {
    const [warm, rounds, times] = quick ? [1000, 1000, 5] : [2000, 2000, 5]
    const [baud, ...others] = contestants(peers, 'busy')
    const running = Number(process.versions.node.split('.', 1)[0])
    const nodes = new Map([...(quick ? [] : installedNodes()), [running, process.execPath]])
    const rows: Row[] = []
    const targets: Target[] = []

    const measureOn = async (major: number, node: string, peer: Peer): Promise<void> => {
      const measured = await inTurn(loads, times, (load) => {
        // Who waits for a thread of the pool waits some 20 ms; a few rounds show that.
        const few = peer === baud || load !== 'pbkdf2' ? 1 : 100
        return roundTrips(
          'echo',
          apart,
          peer.command(node),
          'echo',
          warm / few,
          rounds / few,
          load,
          apart.mainThread,
        )
      })
      const p50 = (load: Load) => new Figures((measured.get(load) ?? []).map((us) => quantile(us, 0.5)))
      for (const load of loads) {
        const ratio = p50(load).over(p50('idle'))
        rows.push([`Node ${major}`, peer.name, descriptions[load], p50(load), load === 'idle' ? '' : ratio])
        if (load === 'idle' || peer !== baud) continue
        targets.push(
          atMost(`Echo on Node ${major} with ${descriptions[load]}, over idle`, ratio.median, withinNoise),
        )
      }
    }
    for (const [major, node] of [...nodes].toSorted(([a], [b]) => a - b)) await measureOn(major, node, baud)
    for (const peer of quick ? [] : others) await measureOn(running, process.execPath, peer)

    return {
      title: 'Echo beside other work',
      about:
        `The asynchronous echo, ${rounds} rounds after ${warm}, ${times} processes each, while the process does other things. ` +
        'The event loop and the far end share a core; the threads of the pool have the other one, so that what shows is ' +
        'whether the port needs them. p50 in µs.',
      head: ['Node', 'program', 'beside', 'p50', 'over idle'],
      rows,
      targets,
    }
  },
}
