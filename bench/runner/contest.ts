import { Late } from './child.ts'
import { mayStall } from './peers.ts'
import type { Peer } from './peers.ts'
import { quiet } from './quiet.ts'
import { Figures } from './statistics.ts'
import type { Ratio } from './statistics.ts'

/**
 * `A B C, B C A, C A B …`: each measured so often, in turn, so that what disturbs the machine disturbs all alike, in its quiet
 * moments. Another begins each time: some virtual machines are slow for a while after they had nothing to do.
 */
export async function inTurn<K, V>(
  contestants: readonly K[],
  times: number,
  measureOne: (contestant: K) => Promise<V>,
): Promise<ReadonlyMap<K, readonly V[]>> {
  const results = new Map<K, V[]>(contestants.map((contestant) => [contestant, []]))
  for (let i = 0; i < times; i++) {
    await quiet()
    const first = i % results.size
    const order = [...results].slice(first).concat([...results].slice(0, first))
    for (const [contestant, list] of order) list.push(await measureOne(contestant))
  }
  return results
}

/** What came out for each peer. One that is known to stall is said to have; that another does is a failure of the benchmark. */
export class Contest<P extends Peer, R> {
  readonly peers: readonly P[]
  readonly #results: ReadonlyMap<P, readonly (R | undefined)[]>

  private constructor(peers: readonly P[], results: ReadonlyMap<P, readonly (R | undefined)[]>) {
    this.peers = peers
    this.#results = results
  }

  static async hold<P extends Peer, R>(
    peers: readonly P[],
    times: number,
    measureOne: (peer: P) => Promise<R>,
  ): Promise<Contest<P, R>> {
    const stalled = new Set<P>()
    const results = await inTurn(peers, times, async (peer) => {
      // Once is enough to know; it takes its whole time.
      if (stalled.has(peer)) return undefined
      try {
        return await measureOne(peer)
      } catch (error) {
        if (!(error instanceof Late) || !mayStall.includes(peer.id)) throw error
        stalled.add(peer)
        return undefined
      }
    })
    return new Contest(peers, results)
  }

  /** One figure of a peer, of all its runs. */
  figures(peer: P, pick: (result: R) => number): Figures | 'stalled' {
    const results = this.#results.get(peer) ?? []
    const there = results.filter((result) => result !== undefined)
    return there.length < results.length ? 'stalled' : new Figures(there.map(pick))
  }

  /** Baud's figure over that of another, under the same Node line where both have one; none where a program stalled. */
  baudOver(peer: P, pick: (result: R) => number): Ratio | undefined {
    if (peer.isBaud) return undefined
    const all = this.peers.filter(({ isBaud }) => isBaud)
    const baud = all.find(({ line }) => line === peer.line) ?? all[0]
    if (baud === undefined) throw new Error('baud took no part')
    const [ours, theirs] = [this.figures(baud, pick), this.figures(peer, pick)]
    return ours === 'stalled' || theirs === 'stalled' ? undefined : ours.over(theirs)
  }
}
