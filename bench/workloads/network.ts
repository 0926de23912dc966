import { join } from 'node:path'
import type { Cost } from '../harness/meter.ts'
import type { Steps } from '../harness/steps.ts'
import { output, parseResult } from '../runner/child.ts'
import { Companion, FarEnd } from '../runner/companion.ts'
import { Contest } from '../runner/contest.ts'
import type { Peer } from '../runner/peers.ts'
import { oneCore } from '../runner/placement.ts'
import { root } from '../runner/places.ts'
import { atLeast, atMost } from '../runner/section.ts'
import type { Context, Row, Section, Target, Workload } from '../runner/section.ts'
import { quantile } from '../runner/statistics.ts'

/** A client, and the program that shares a port with it. */
interface Pair extends Peer {
  readonly server: readonly string[]
  readonly scheme: 'rfc2217' | 'socket'
  /** It is given so small a part of the bytes: the others would be done before it has warmed up. */
  readonly part: number
}

const compiled = (path: string) => join(root, 'build/bench', path)

function pairs(peers: readonly Peer[]): Record<'baud' | 'pyserial' | 'plain', Pair> {
  const of = (id: string) => {
    const peer = peers.find((one) => one.id === id)
    if (peer === undefined) throw new Error(`there is no ${id}`)
    return peer
  }
  const [baud, pyserial] = [of('baud'), of('pyserial')]
  const python = pyserial.command.slice(0, -1)
  const rfc2217 = { scheme: 'rfc2217', part: 1 } as const
  return {
    baud: { ...baud, ...rfc2217, server: [process.execPath, compiled('servers/rfc2217.js')] },
    pyserial: {
      ...pyserial,
      ...rfc2217,
      server: [...python, join(root, 'test/support/port-manager.py')],
      part: 1 / 32,
    },
    plain: {
      ...baud,
      id: 'plain',
      name: 'plain TCP relay',
      isBaud: false,
      command: [process.execPath, compiled('programs/network/socket.js')],
      server: [process.execPath, compiled('servers/relay.js')],
      scheme: 'socket',
      part: 1,
    },
  }
}

/** Runs a client at a port that its server shares, and gives what it measured. */
async function measure(
  pair: Pair,
  farEnd: string,
  work: string,
  ...args: readonly number[]
): Promise<unknown> {
  const { farEnd: core, program } = oneCore
  await using far = new FarEnd(oneCore, 'far-end', farEnd)
  await using server = new Companion(core, ...pair.server, await far.line())
  const url = `${pair.scheme}://127.0.0.1:${await server.line()}`
  const line = ['taskset', '-c', program, ...pair.command, work, url, ...args.map(String)]
  return parseResult(await output(line, 60))
}

type Found = Pick<Section, 'rows' | 'targets'>

/** What baud's round trips may be at most of those of pySerial, which looks for answers every 50 ms. */
const mostOfPySerial = 0.1

const steps = { open: 'open', rts: 'set RTS', baud: 'set the baud rate' } as const

async function asking(able: readonly Pair[], count: number, times: number): Promise<Found> {
  const contest = await Contest.hold(able, times, async (pair) => {
    return (await measure(pair, 'echo', 'remote', count)) as Steps['times']
  })
  const found: { rows: Row[]; targets: Target[] } = { rows: [], targets: [] }
  for (const step of Object.keys(steps) as (keyof typeof steps)[]) {
    const typical = (all: Steps['times']) => quantile(all[step], 0.5)
    for (const pair of able) {
      const ratio = contest.baudOver(pair, typical)
      found.rows.push([`${steps[step]}, ms`, pair.name, contest.figures(pair, typical), ratio ?? ''])
      if (pair.isBaud) continue
      const what = `Network: ${steps[step]}, over ${pair.name}`
      found.targets.push(atMost(what, ratio?.median, mostOfPySerial))
    }
  }
  return found
}

/** Of baud's echo time, and of its rate, to those of a plain relay. */
const [mostEcho, leastRate] = [1.1, 0.9]

const size = 16

async function echo(able: readonly Pair[], rounds: number, times: number): Promise<Found> {
  const contest = await Contest.hold(able, times, async (pair) => {
    const { us } = (await measure(pair, 'echo', 'echo', size, rounds / 2, rounds)) as { us: number[] }
    return quantile(us, 0.5)
  })
  const time = (us: number) => us
  const rows = able.map((pair): Row => {
    return [
      `echo of ${size} bytes, µs`,
      pair.name,
      contest.figures(pair, time),
      contest.baudOver(pair, time) ?? '',
    ]
  })
  return {
    rows,
    targets: forPlain(able, contest, time, (ratio) =>
      atMost('Network: echo, over a plain TCP relay', ratio, mostEcho),
    ),
  }
}

/** The target that is about the plain relay. */
function forPlain<R>(
  able: readonly Pair[],
  contest: Contest<Pair, R>,
  pick: (result: R) => number,
  target: (ratio: number | undefined) => Target,
): readonly Target[] {
  return able.filter(({ id }) => id === 'plain').map((plain) => target(contest.baudOver(plain, pick)?.median))
}

const directions = [
  { name: 'send', send: 1, receive: 0 },
  { name: 'receive', send: 0, receive: 1 },
  { name: 'both at once', send: 1, receive: 1 },
] as const

const piece = 65_536

async function stream(
  able: readonly Pair[],
  { name, receive, send }: (typeof directions)[number],
  megabytes: number,
  times: number,
): Promise<Found> {
  const contest = await Contest.hold(able, times, async (pair) => {
    const bytes = Math.round(megabytes * 1e6 * pair.part)
    const args = [bytes / 4, send * bytes, receive * bytes, piece].map(Math.floor)
    const { seconds } = (await measure(pair, 'stream', 'stream', ...args)) as Cost
    return ((send + receive) * bytes) / 1e6 / seconds
  })
  const rate = (figure: number) => figure
  const rows = able.map((pair): Row => {
    return [`${name}, MB/s`, pair.name, contest.figures(pair, rate), contest.baudOver(pair, rate) ?? '']
  })
  const what = `Network: ${name}, over a plain TCP relay`
  return { rows, targets: forPlain(able, contest, rate, (ratio) => atLeast(what, ratio, leastRate)) }
}

/** A port that another program shares, on loopback: by RFC 2217, and as bytes alone. */
export const network: Workload = {
  id: 'network',
  async run({ peers, quick }: Context): Promise<Section> {
    const [count, rounds, megabytes, times] = quick ? [3, 2000, 32, 3] : [10, 4000, 64, 7]
    const askings = quick ? 1 : 3
    const { baud, plain, pyserial } = pairs(peers)
    const found = [
      await asking([baud, pyserial], count, askings),
      await echo([baud, plain, pyserial], rounds, times),
    ]
    for (const direction of directions)
      found.push(await stream([baud, plain, pyserial], direction, megabytes, times))
    return {
      title: 'Over the network',
      about:
        'A client and a server, each a process, on loopback, and behind the server a pseudo-terminal; all on one core. ' +
        'baud’s `rfc2217://` on its `serveRfc2217()`; pySerial’s on a small server with its `PortManager`, which has a ' +
        'thirty-second of the bytes; and, without lines and settings, a `net.Socket` on a relay that passes on what it reads. ' +
        `${count} times opened and set, with DTR and RTS, in ${askings} ${askings === 1 ? 'process' : 'processes'} each; ${rounds} echoes after ${rounds / 2}; ${megabytes} MB of random bytes ` +
        `after a quarter of them, of which one in 256 is an IAC, to be doubled; of both ${times} processes each.`,
      head: ['what', 'program', 'figure', 'baud over it'],
      rows: found.flatMap(({ rows }) => rows),
      targets: found.flatMap(({ targets }) => targets),
    }
  },
}
