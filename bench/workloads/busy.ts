import { loads } from '../harness/load.ts'
import type { Load } from '../harness/load.ts'
import { Contest } from '../runner/contest.ts'
import { roundTrips } from '../runner/measure.ts'
import { contestants, onLine, runningLine } from '../runner/peers.ts'
import type { Peer } from '../runner/peers.ts'
import { apart } from '../runner/placement.ts'
import { installedNodes } from '../runner/places.ts'
import { atMost } from '../runner/section.ts'
import type { Context, Row, Section, Target, Workload } from '../runner/section.ts'
import { Figures, quantile } from '../runner/statistics.ts'

const size = 16

/** Of baud's time to npm serialport's with four `pbkdf2` in flight. */
const mostOfOther = 0.01
/** An idle process differs from itself by less than this; one that waits for a pool thread, by a thousand times. */
const withinNoise = 1.5

const descriptions: Readonly<Record<Load, string>> = {
  idle: 'nothing else',
  timer: 'a pending timer',
  pbkdf2: 'four `pbkdf2` in flight',
  loop: 'a busy event loop',
}

interface Loaded extends Peer {
  readonly load: Load
}

/** The echo while the process has other things to do: baud on every Node line there is, the others where they differ. */
export const busy: Workload = {
  id: 'busy',
  async run({ peers, quick }: Context): Promise<Section> {
    const [warm, rounds, times] = quick ? [1000, 1000, 2] : [2000, 2000, 3]
    const able = withAllLines(contestants(peers, 'busy'), quick)
    const loaded = able.flatMap((peer) => loads.map((load): Loaded => ({ ...peer, load })))
    const contest = await Contest.hold(loaded, times, ({ load, ...peer }) => {
      const args = [size, warm, rounds, load, apart.mainThread]
      return roundTrips(peer, { farEnd: 'echo', cores: apart, work: 'echo', args })
    })
    const p50 = (one: Loaded) => contest.figures(one, (us) => quantile(us, 0.5))
    const overIdle = (one: Loaded) => {
      const [now, idle] = [p50(one), p50(sibling(loaded, one, 'idle'))]
      return now instanceof Figures && idle instanceof Figures ? now.over(idle) : undefined
    }
    return {
      title: 'Echo beside other work',
      about:
        `The asynchronous echo, ${size} bytes, ${rounds} rounds after ${warm}, as far as 4 s are enough, ${times} processes ` +
        'each, while the process does other things. The event loop and the far end share a core; the threads of the pool ' +
        'have the other one, so that what shows is whether the port needs them. The busy event loop computes for 200 µs in ' +
        'each of its turns. The times are in µs; “stalled” is who had not one round done.',
      head: ['program', 'beside', 'p50', 'p99', 'p99.9', 'p50 over idle'],
      rows: loaded.map((one): Row => {
        const at = (part: number) => contest.figures(one, (us) => quantile(us, part))
        const ratio = one.load === 'idle' ? '' : (overIdle(one) ?? '')
        return [one.name, descriptions[one.load], p50(one), at(0.99), at(0.999), ratio]
      }),
      targets: [...overOther(loaded, contest), ...promises(loaded, overIdle)],
    }
  },
}

function withAllLines(able: readonly Peer[], quick: boolean): readonly Peer[] {
  const baud = able.find(({ isBaud, line }) => isBaud && line === runningLine)
  if (baud === undefined) throw new Error('baud takes no part')
  const others = able.filter((peer) => !peer.isBaud)
  // Quickly, those alone on which the others are.
  const isWanted = (line: number) => !quick || others.some((other) => other.line === line)
  const lines = [...installedNodes().keys()].filter((line) => line !== runningLine && isWanted(line))
  return [baud, ...lines.toSorted((a, b) => a - b).map((line) => onLine(baud, line)), ...others]
}

function sibling(loaded: readonly Loaded[], one: Loaded, load: Load): Loaded {
  return loaded.find((other) => other.name === one.name && other.load === load) ?? one
}

function overOther(
  loaded: readonly Loaded[],
  contest: Contest<Loaded, readonly number[]>,
): readonly Target[] {
  const targets: Target[] = []
  const working = loaded.filter(({ load }) => load === 'pbkdf2')
  for (const other of working.filter(({ id }) => id === 'serialport')) {
    const ours = working.find(({ isBaud, line }) => isBaud && line === other.line)
    if (ours === undefined) throw new Error(`baud takes no part on Node ${other.line}`)
    const p50 = (one: Loaded) => contest.figures(one, (us) => quantile(us, 0.5))
    const [mine, its] = [p50(ours), p50(other)]
    const ratio = mine instanceof Figures && its instanceof Figures ? mine.over(its).median : undefined
    targets.push(atMost(`Echo with ${descriptions.pbkdf2}, over ${other.name}`, ratio, mostOfOther, 4))
  }
  return targets
}

/** What baud promises of itself: the thread pool and a timer change nothing for an open port. */
function promises(
  loaded: readonly Loaded[],
  overIdle: (one: Loaded) => Figures | undefined,
): readonly Target[] {
  const promised = loaded.filter(({ isBaud, load }) => isBaud && (load === 'pbkdf2' || load === 'timer'))
  return promised.map((one) => {
    const what = `Echo on Node ${one.line} with ${descriptions[one.load]}, over idle`
    return atMost(what, overIdle(one)?.median, withinNoise)
  })
}
