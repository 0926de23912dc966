import { readdirSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { output } from './child.ts'
import { binaries, programs } from './places.ts'

/** A program of bench/programs: one library at work. */
export interface Peer {
  /** Its file without the extension, by which the workloads call it. */
  readonly id: string
  /** The library and its version. */
  readonly name: string
  readonly does: readonly string[]
  /** How to start it, given the Node to use where it needs one. */
  command(node?: string): readonly string[]
}

/** How a program is started, by what it is written in: to add a language is to add a line. */
const starters: Readonly<Record<string, (file: string, node: string) => readonly string[]>> = {
  '.c': (file) => [join(binaries, basename(file, '.c'))],
  '.js': (file, node) => [node, file],
}

/** Every program there is, each asked for what it does; one that can't be run ends the benchmark. */
export async function findPeers(): Promise<readonly Peer[]> {
  const files = programs.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  return Promise.all(files.filter((file) => extname(file) in starters).map(ask))
}

async function ask(file: string): Promise<Peer> {
  const extension = extname(file)
  const command = (node = process.execPath) => starters[extension]?.(file, node) ?? []
  const { does, name } = JSON.parse(await output([...command(), 'about'], 20)) as Pick<Peer, 'does' | 'name'>
  return { id: basename(file, extension), name, does, command }
}

/** Those that do this work. Baud is what all others are compared with, so there is one of it and it comes first. */
export function contestants(peers: readonly Peer[], work: string): readonly [baud: Peer, ...others: Peer[]] {
  const able = peers.filter(({ does }) => does.includes(work))
  const baud = able.find(({ id }) => id.startsWith('baud'))
  if (baud === undefined) throw new Error(`no program of baud does ${work}`)
  return [baud, ...able.filter((peer) => peer !== baud)]
}
