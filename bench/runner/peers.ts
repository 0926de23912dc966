import { readdirSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { output } from './child.ts'
import { binaries, installedNodes, programs } from './places.ts'

/** A program of bench/programs, which is one library at work, under one Node line where it needs one. */
export interface Peer {
  /** Its file without the extension, by which the workloads call it. */
  readonly id: string
  /** The library and its version. */
  readonly name: string
  readonly style: 'async' | 'blocking' | 'any'
  readonly does: readonly string[]
  readonly command: readonly string[]
  /** The Node line; none for what runs without Node. */
  readonly line: number | undefined
  readonly isBaud: boolean
}

/** What a program says of itself. */
export type About = Pick<Peer, 'name' | 'style' | 'does'>

/** How a program is started, by what it is written in: to add a language is to add a line. */
const starters: Readonly<Record<string, (file: string) => readonly string[]>> = {
  '.c': (file) => [join(binaries, basename(file, '.c'))],
  '.js': (file) => [process.execPath, file],
  // Debian's Python, whichever else there is; it leaves no compiled files among the sources.
  '.py': (file) => ['/usr/bin/python3', '-B', file],
}

/** The programs that must take part, and in what: one that is missing, or does less, ends the benchmark. */
const required: Readonly<Record<string, readonly string[]>> = {
  baud: ['echo', 'ask', 'start', 'stream', 'writes', 'slow', 'lines', 'remote', 'ports', 'busy'],
  'baud-blocking': ['echo', 'ask', 'start'],
  serialport: ['echo', 'ask', 'start', 'stream', 'writes', 'slow', 'lines', 'ports', 'busy'],
  pyserial: ['echo', 'ask', 'start', 'stream', 'slow', 'lines', 'remote'],
  libserialport: ['echo', 'ask', 'start', 'stream', 'slow', 'lines'],
  floor: ['echo', 'ask', 'start', 'stream', 'slow', 'lines', 'ports'],
  node: ['echo', 'stream', 'busy'],
  loop: ['echo', 'stream'],
}

/** On Node 26 npm serialport waits for ever at times, always while a timer is pending: that is a result. */
export const mayStall: readonly string[] = ['serialport']

export const runningLine = Number(process.versions.node.split('.', 1)[0])

/** Npm serialport is no longer the same since this line. */
const otherLine = 26

/** Every program there is, each asked for what it does; one that can't be run ends the benchmark. */
export async function findPeers(): Promise<readonly Peer[]> {
  const files = programs.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  const found = await Promise.all(files.filter((file) => extname(file) in starters).map(ask))
  checkTaking(found, required)
  const again = found.filter(({ does, line }) => does.includes('busy') && line !== otherLine)
  return [...found, ...again.map((peer) => onLine(peer, otherLine))]
}

/** Throws unless all of these take part in all of that. */
export function checkTaking(peers: readonly Peer[], all: Readonly<Record<string, readonly string[]>>): void {
  for (const [id, works] of Object.entries(all)) {
    const peer = peers.find((one) => one.id === id)
    const missing = works.filter((work) => peer?.does.includes(work) !== true)
    if (missing.length > 0) throw new Error(`${id} is missing, or does not do: ${missing.join(', ')}`)
  }
}

async function ask(file: string): Promise<Peer> {
  const extension = extname(file)
  const id = basename(file, extension)
  const command = starters[extension]?.(file) ?? []
  const about = JSON.parse(await output([...command, 'about'], 20)) as About
  const line = extension === '.js' ? runningLine : undefined
  return { ...about, id, command, line, isBaud: id.startsWith('baud') }
}

/** The same program under another Node line. */
export function onLine(peer: Peer, line: number): Peer {
  if (line === peer.line) return peer
  const node = installedNodes().get(line)
  if (node === undefined) throw new Error(`there is no Node ${line} to run ${peer.name} with`)
  return { ...peer, name: `${peer.name}, Node ${line}`, line, command: [node, ...peer.command.slice(1)] }
}

/** Those that do this work, in this style where one is given, baud first: with it all others are compared. */
export function contestants(
  peers: readonly Peer[],
  work: string,
  style?: 'async' | 'blocking',
): readonly Peer[] {
  const able = peers.filter(
    (peer) => peer.does.includes(work) && (style === undefined || [style, 'any'].includes(peer.style)),
  )
  return able.toSorted((a, b) => Number(b.isBaud) - Number(a.isBaud))
}
