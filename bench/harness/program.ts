import { begin, loads, separateFromPool } from './load.ts'
import type { Load } from './load.ts'
import { RoundTrips } from './round-trips.ts'
import { Transfer } from './transfer.ts'

/** A program under test: how one library does each kind of work, on the port at a path. */
export interface Program {
  /** The library and its version. */
  readonly name: string
  /** Asynchronously, each message sent when the answer to the one before is there. */
  echo?(path: string, trips: RoundTrips): Promise<void>
  /** The same with calls that block. */
  blocking?(path: string, trips: RoundTrips): void
  /** Sends and receives at the same time, one transfer after the other; calls `next` before each. */
  stream?(path: string, transfers: Iterable<Transfer>): Promise<void>
}

/**
 * Does what the command line asks for, and prints the result as JSON. Programs in other languages take the same
 * commands:
 *
 *   about
 *   echo|blocking PATH WARM ROUNDS
 *   echo PATH WARM ROUNDS LOAD CORE      with something else going on; Node only
 *   stream PATH WARM SEND RECEIVE
 */
export async function run(program: Program): Promise<void> {
  const [command = '', path = '', ...rest] = process.argv.slice(2)
  const result = await (command === 'about' ? about(program) : measure(program, command, path, rest))
  console.log(JSON.stringify(result))
}

function about(program: Program): unknown {
  const does = (['echo', 'blocking', 'stream'] as const).filter((work) => program[work] !== undefined)
  // Under a load there is something to see only where there is an event loop.
  return { name: program.name, does: program.echo === undefined ? does : [...does, 'busy'] }
}

async function measure(
  program: Program,
  command: string,
  path: string,
  rest: readonly string[],
): Promise<unknown> {
  const [warm = 0, first = 0, second = 0] = rest.map(Number)
  if (command === 'echo' && rest.length === 4)
    return echoUnderLoad(program, path, warm, first, rest[2], rest[3])
  if (command === 'echo' || command === 'blocking') {
    const trips = new RoundTrips(warm, first)
    await program[command]?.(path, trips)
    return { us: trips.times }
  }
  if (command !== 'stream') throw new Error(`no such work: ${command}`)
  return stream(program, path, warm, first, second)
}

async function echoUnderLoad(
  program: Program,
  path: string,
  warm: number,
  rounds: number,
  load: string | undefined,
  core: string | undefined,
): Promise<unknown> {
  if (!loads.includes(load as Load) || core === undefined)
    throw new Error(`no such load: ${load} on core ${core}`)
  await separateFromPool(core)
  let end = async () => {}
  const trips = new RoundTrips(warm, rounds, () => {
    end = begin(load as Load)
  })
  await program.echo?.(path, trips)
  await end()
  return { us: trips.times }
}

async function stream(
  program: Program,
  path: string,
  warm: number,
  send: number,
  receive: number,
): Promise<unknown> {
  let began = 0
  let used = process.cpuUsage()
  function* transfers(): Generator<Transfer, void, undefined> {
    yield new Transfer(send > 0 ? warm : 0, receive > 0 ? warm : 0)
    used = process.cpuUsage()
    began = performance.now()
    yield new Transfer(send, receive)
    used = process.cpuUsage(used)
    began = performance.now() - began
  }
  await program.stream?.(path, transfers())
  return { seconds: began / 1000, cpu: (used.user + used.system) / 1e6 }
}
