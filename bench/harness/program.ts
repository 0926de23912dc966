import { Laps } from './laps.ts'
import { begin, loads, separateFromPool } from './load.ts'
import type { Load } from './load.ts'
import { Meter } from './meter.ts'
import type { Cost } from './meter.ts'
import { Pace } from './pace.ts'
import { Questions } from './questions.ts'
import { RoundTrips } from './round-trips.ts'
import { Rounds } from './rounds.ts'
import { Span } from './span.ts'
import { Stalled } from './stalled.ts'
import { Steps } from './steps.ts'
import { Lines, Transfer } from './transfer.ts'

type Done = Promise<void> | void

/** A program under test: how one library does each kind of work, on the port at a path. */
export interface Program {
  /** The library and its version. */
  readonly name: string
  /** What its calls are: they block the thread, or let the event loop run on. */
  readonly style: 'async' | 'blocking'
  /** Each message is sent when the answer to the one before is there. */
  echo(path: string, trips: RoundTrips): Done
  /** Writes a line and reads a line, each within half a second. */
  ask?(path: string, questions: Questions): Done
  /** Opens, sends a byte and gets it back, closes. */
  start?(path: string, laps: Laps): Done
  /** Sends and receives at the same time, one transfer after the other. */
  stream?(path: string, transfers: Iterable<Transfer>): Done
  /** Sends piece by piece: each when the system has taken the one before, or in a rush, without waiting. */
  writes?(path: string, transfers: Iterable<Transfer>, rush: boolean): Done
  /** Receives, and waits after each chunk for as long as the pace says. */
  slow?(path: string, transfer: Transfer, pace: Pace): Done
  /** Receives lines, one batch after the other. */
  lines?(path: string, batches: Iterable<Lines>): Done
  /** Opens a port of another program's again and again, and sets RTS and the baud rate each time. */
  remote?(url: string, steps: Steps): Done
  /** Sends back what comes on any of the ports; gives `g` to the first path, and takes marks from there until the last. */
  ports?(control: string, paths: readonly string[], span: Span): Done
}

/** How a kind of work is done, given what follows its name on the command line. */
type Work = (program: Program, args: readonly string[]) => Promise<unknown>

/** The command line: programs in other languages take the same, as far as they do the work. */
const works: Readonly<Record<string, Work>> = {
  // about
  about: async (program) => about(program),
  // echo PATH SIZE WARM ROUNDS [LOAD CORE]: with LOAD going on in the process, its main thread moved to CORE
  echo: async (program, [path = '', ...rest]) => {
    const [size = 0, warm = 0, rounds = 0] = rest.map(Number)
    return echo(program, path, size, warm, rounds, rest[3], rest[4])
  },
  // ask PATH WARM ROUNDS
  ask: async (program, [path = '', ...numbers]) => {
    const [warm = 0, count = 0] = numbers.map(Number)
    const rounds = new Rounds(warm, count)
    await program.ask?.(path, new Questions(rounds))
    return { us: rounds.times }
  },
  // stream PATH WARM SEND RECEIVE PIECE
  stream: async (program, [path = '', ...numbers]) => {
    const [warm = 0, send = 0, receive = 0, piece = 0] = numbers.map(Number)
    const first = new Transfer(send > 0 ? warm : 0, receive > 0 ? warm : 0, piece)
    const second = new Transfer(send, receive, piece)
    return costOfSecond((pair) => program.stream?.(path, pair), first, second)
  },
  // writes PATH WARM COUNT RUSH: of one byte each; programs whose calls block do the same as a stream
  writes: async (program, [path = '', ...numbers]) => {
    const [warm = 0, count = 0, rush = 0] = numbers.map(Number)
    const [first, second] = [new Transfer(warm, 0, 1), new Transfer(count, 0, 1)]
    return costOfSecond((pair) => program.writes?.(path, pair, rush === 1), first, second)
  },
  // slow PATH RECEIVE
  slow: async (program, [path = '', receive = '']) => {
    const meter = new Meter()
    await program.slow?.(path, new Transfer(0, Number(receive), 1), new Pace())
    return meter.stop()
  },
  // lines PATH WARM COUNT
  lines: async (program, [path = '', ...numbers]) => {
    const [warm = 0, count = 0] = numbers.map(Number)
    return costOfSecond((pair) => program.lines?.(path, pair), new Lines(warm), new Lines(count))
  },
  // ports CONTROL PATH...
  ports: async (program, [control = '', ...paths]) => {
    const span = new Span()
    await program.ports?.(control, paths, span)
    return span.result
  },
  // remote URL COUNT
  remote: async (program, [url = '', count = '']) => {
    const steps = new Steps(Number(count))
    await program.remote?.(url, steps)
    return steps.times
  },
  // start PATH
  start: async (program, [path = '']) => {
    const laps = new Laps()
    await program.start?.(path, laps)
    return laps.times
  },
}

/** Does what the command line asks for, and prints the result as JSON; with `stalled`, where the library did, there is none. */
export async function run(program: Program): Promise<void> {
  const [name = '', ...args] = process.argv.slice(2)
  const work = works[name]
  if (work === undefined) throw new Error(`no such work: ${name}`)
  try {
    console.log(JSON.stringify(await work(program, args)))
  } catch (error) {
    if (!(error instanceof Stalled)) throw error
    console.log(JSON.stringify({ stalled: error.message }))
    process.exit()
  }
}

function about(program: Program): unknown {
  const does = Object.keys(works).filter((work) => work in program)
  // Under a load there is something to see only where there is an event loop.
  if (program.style === 'async') does.push('busy')
  return { name: program.name, style: program.style, does }
}

async function echo(
  program: Program,
  path: string,
  size: number,
  warm: number,
  count: number,
  load: string = 'idle',
  core?: string,
): Promise<unknown> {
  if (!loads.includes(load as Load)) throw new Error(`no such load: ${load}`)
  if (core !== undefined) await separateFromPool(core)
  let end = async () => {}
  const rounds = new Rounds(warm, count, () => {
    end = begin(load as Load)
  })
  await program.echo(path, new RoundTrips(size, rounds))
  await end()
  return { us: rounds.times }
}

/** What the second of two pieces of work costs, the first being there to warm up. */
async function costOfSecond<T>(work: (both: Iterable<T>) => Done, first: T, second: T): Promise<Cost> {
  let meter: Meter | undefined
  let cost: Cost | undefined
  function* both(): Generator<T, void, undefined> {
    yield first
    meter = new Meter()
    yield second
    cost = meter.stop()
  }
  await work(both())
  if (cost === undefined) throw new Error('the work was not done')
  return cost
}
