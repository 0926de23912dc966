import { inspect } from 'node:util'
import { SerialError } from '../errors.ts'
import { keys } from './keys.ts'
import type { ShareValues } from './keys.ts'
import { doorKinds } from './share.ts'
import type { DoorPlan, Share } from './share.ts'

/** What was written, and where. */
export interface Given {
  readonly key: string
  readonly text: string
  /** For messages: `--tcp`, or `serve.conf:12: tcp`. */
  readonly where: string
}

type Read = Partial<ShareValues>

/** What can be had once, and where it is taken: a port is shared once, and a place listened on once. */
export type Taken = Map<string, string>

export function take(taken: Taken, what: string, where: string): void {
  const before = taken.get(what)
  if (before !== undefined) throw refused(where, `this is taken already, at ${before}`)
  taken.set(what, where)
}

/**
 * Makes a share of what was written on the command line or in a file.
 *
 * @param where - for what is missing
 * @param taken - by other shares
 * @throws SerialError `INVALID_OPTION`, which names the place and what is allowed there
 */
export function readShare(
  port: string,
  given: readonly Given[],
  where: string,
  taken: Taken = new Map(),
): Share {
  const read = readValues(given)
  const { 'tls-cert': cert, 'tls-key': key } = read
  if ((cert === undefined) !== (key === undefined))
    throw refused(where, 'tls-cert and tls-key go together: one is missing')
  const doors = doorKinds.flatMap((kind) => {
    const place = read[kind]
    return place === undefined ? [] : [{ kind, ...place }]
  })
  if (doors.length === 0) throw refused(where, `${port} needs a door: rfc2217, tcp or websocket`)
  for (const door of doors) takePlace(taken, door, given.find((one) => one.key === door.kind)?.where ?? where)
  return {
    port,
    options: optionsOf(read),
    doors,
    watchers: read.watchers ?? true,
    insecure: read.insecure ?? false,
    tls: cert === undefined || key === undefined ? undefined : { cert, key },
    tokenFile: read['token-file'],
    origins: read.origins ?? [],
    limits: limitsOf(read),
    places: new Map(given.map((one) => [one.key, one.where])),
  }
}

function takePlace(taken: Taken, { host, port }: DoorPlan, where: string): void {
  if (port !== 0) take(taken, `${host === 'localhost' ? '127.0.0.1' : host}:${port}`, where)
}

function optionsOf(read: Read): Share['options'] {
  const { baud: baudRate, exclusive, flow: flowControl, parity } = read
  const { 'data-bits': dataBits, 'stop-bits': stopBits } = read
  // That they are on is what they are anyway, and not every port could be told.
  const [dtr, rts] = [read.dtr, read.rts].map((level) => (level === false ? false : undefined))
  return { baudRate, dataBits, parity, stopBits, flowControl, dtr, rts, exclusive }
}

function limitsOf(read: Read): Share['limits'] {
  return {
    clients: read['max-clients'] ?? 16,
    rate: read['max-rate'] ?? 20,
    buffer: read['max-buffer'] ?? 1024 * 1024,
    stall: read['stall-timeout'] ?? 5000,
    handshake: read['handshake-timeout'] ?? 5000,
    answer: read['answer-timeout'] ?? 30_000,
    idle: read['idle-timeout'] ?? Infinity,
  }
}

/** What was written comes to this; throws `INVALID_OPTION`, which names the place. */
export function readValues(given: readonly Given[]): Read {
  const values: Record<string, unknown> = {}
  for (const { key, text, where } of given) {
    const known = Object.hasOwn(keys, key) ? keys[key as keyof typeof keys] : undefined
    if (known === undefined)
      throw refused(where, `there is no such key; known are ${Object.keys(keys).join(', ')}`)
    if (Object.hasOwn(values, key)) throw refused(where, 'this is there more than once')
    const value = known.read(text)
    if (value === undefined) throw refused(where, `this is ${inspect(text)}; allowed: ${known.allowed}`)
    values[key] = value
  }
  return values
}

/** `INVALID_OPTION`, at a place. */
export function refused(where: string, why: string, cause?: unknown): SerialError {
  return new SerialError('INVALID_OPTION', `${where}: ${why}`, cause === undefined ? {} : { cause })
}
