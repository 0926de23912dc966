import type { SerialError } from './errors.ts'
import { unsupported } from './failures.ts'
import { loadNow } from './load.ts'
import { native } from './native/index.ts'
import type { Context, Opener, OpenerSync, RoomModule } from './room.ts'
import type { PortSettings } from './settings.ts'
import type { Connect, ConnectSync } from './transport.ts'
import { parseTarget } from './url.ts'
import type { PortUrl } from './url.ts'

/** A table by URL schemes. */
type Schemes<T> = Readonly<Record<string, T>>

/** Each scheme has a room, which is loaded when a URL first names it. */
const rooms: Schemes<{ readonly name: string; load(): Promise<RoomModule> }> = {
  alt: { name: 'alt', load: () => import('./alt/index.ts') },
  hwgrep: { name: 'hwgrep', load: () => import('./hwgrep/index.ts') },
  loop: { name: 'loop', load: () => import('./loop/index.ts') },
  rfc2217: { name: 'rfc2217/client', load: () => import('./rfc2217/client/index.ts') },
  rfc2217s: { name: 'rfc2217/client', load: () => import('./rfc2217/client/index.ts') },
  socket: { name: 'tcp', load: () => import('./tcp/index.ts') },
  sockets: { name: 'tcp', load: () => import('./tcp/index.ts') },
  spy: { name: 'spy', load: () => import('./spy/index.ts') },
}

/**
 * Checks what a path or URL names, and finds who opens it; nothing is touched. For a path that is known at once, so that
 * the opening begins within the call of `open()`.
 *
 * @param own - the user's own schemes, which go first
 * @param again - see {@link Context.again}
 */
export function prepare(
  path: unknown,
  settings: PortSettings,
  own: Schemes<Connect> = {},
  again = false,
): Opener | Promise<Opener> {
  const target = parseTarget(path)
  if (typeof target === 'string') return (signal) => native.open(target, settings, signal)
  const connect = find(own, target)
  if (connect !== undefined) return async (signal) => connect(target.href, settings, signal)
  const context = { settings, again, prepare: async (inner: string) => prepare(inner, settings, own, again) }
  return prepareIn(roomOf(target, own).load(), target, context)
}

async function prepareIn(loading: Promise<RoomModule>, target: PortUrl, context: Context): Promise<Opener> {
  const { room } = await loading
  return room.prepare(target, context)
}

/** The same, blocking. */
export function prepareSync(
  path: unknown,
  settings: PortSettings,
  own: Schemes<ConnectSync> = {},
): OpenerSync {
  const target = parseTarget(path)
  if (typeof target === 'string') return () => native.openSync(target, settings)
  const connect = find(own, target)
  if (connect !== undefined) return () => connect(target.href, settings)
  const { room } = loadNow(`${roomOf(target, own).name}/index`) as RoomModule
  if (room.prepareSync === undefined) throw cannotBlock(target)
  return room.prepareSync(target, { settings, prepare: (inner) => prepareSync(inner, settings, own) })
}

function find<T>(table: Schemes<T>, { scheme }: PortUrl): T | undefined {
  return Object.hasOwn(table, scheme) ? table[scheme] : undefined
}

function roomOf(target: PortUrl, own: Schemes<unknown>): (typeof rooms)[string] {
  const room = find(rooms, target)
  if (room !== undefined) return room
  const known = [...new Set([...Object.keys(rooms), ...Object.keys(own)])].toSorted().join(', ')
  throw unsupported(target.href, `nothing here opens ${target.scheme}://; known are ${known}`)
}

function cannotBlock({ href, scheme }: PortUrl): SerialError {
  return unsupported(href, `a ${scheme}:// port can not block: use open() in place of openSync()`)
}
