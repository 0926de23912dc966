import type { SerialError } from '../errors.ts'
import { Door } from './doors/door.ts'
import type { DoorSetup } from './doors/door.ts'
import { Certificate } from './certificate.ts'
import { isReadByOthers } from './files.ts'
import type { Log } from './log.ts'
import { addressOf, isLoopback, shown } from './place.ts'
import { refused } from './read-share.ts'
import { SharedPort } from './shared-port.ts'
import type { DoorKind, DoorPlan, Share } from './share.ts'
import { Token } from './token.ts'

/** A door that is open. */
export interface Opened {
  readonly kind: DoorKind
  /** `127.0.0.1:4000` */
  readonly place: string
  readonly port: string
}

/** What a share needs, all of it checked and no port touched yet. */
type Prepared = Pick<DoorSetup, 'certificate' | 'token'> & {
  readonly share: Share
  readonly doors: readonly { readonly plan: DoorPlan; readonly address: string }[]
}

/** Ports that are shared, from the first to the last door. */
export class Server {
  readonly #log: Log
  readonly #ports: SharedPort[] = []
  readonly #doors: Door[] = []
  readonly #prepared: readonly Prepared[]

  /**
   * Checks everything, then opens the ports, then the doors.
   *
   * @param token - for shares that have no file of one
   * @param opened - told of each door once it is open
   * @param signal - ends an opening that waits
   */
  static async start(
    shares: readonly Share[],
    log: Log,
    token: Token | undefined,
    opened: (door: Opened) => void,
    signal: AbortSignal,
  ): Promise<Server> {
    const prepared = await Promise.all(shares.map((share) => prepare(share, token, log)))
    const server = new Server(log, prepared)
    try {
      for (const each of prepared) await server.#open(each, opened, signal)
      return server
    } catch (error) {
      await server.close()
      throw error
    }
  }

  private constructor(log: Log, prepared: readonly Prepared[]) {
    this.#log = log
    this.#prepared = prepared
  }

  async #open(
    { certificate, doors, share, token }: Prepared,
    opened: (door: Opened) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const log = this.#log
    const shared = await SharedPort.open(share, log, signal)
    this.#ports.push(shared)
    for (const { address, plan } of doors) {
      const { limits, origins, port } = share
      const door = await Door.open({ plan, address, shared, limits, log, certificate, token, origins })
      this.#doors.push(door)
      opened({ kind: plan.kind, place: door.place, port })
    }
  }

  /** Reads the certificates anew, for those who come from now on. One that can't be used is told of, and the one before stays. */
  reload(): void {
    for (const { certificate, share } of this.#prepared) {
      const tell = (event: string, detail: string) => this.#log.tell({ port: share.port }, event, detail)
      try {
        if (certificate === undefined)
          tell('not reloaded', 'it has no certificate, and all else is read at the start alone')
        else tell('reloaded', certificate.renew())
      } catch (error) {
        tell('not reloaded', `${(error as Error).message}; the certificate before stays`)
      }
    }
  }

  /** Tells the clients goodbye, puts everything back and closes the ports. */
  async close(): Promise<void> {
    await Promise.all(this.#doors.map((door) => door.close()))
    await Promise.all(this.#ports.map((port) => port.close()))
    this.#log.end()
  }
}

async function prepare(share: Share, given: Token | undefined, log: Log): Promise<Prepared> {
  const { insecure, tls: files, tokenFile } = share
  const doors = await Promise.all(
    share.doors.map(async (plan) => ({ plan, address: await at(share, plan.kind, () => addressOf(plan)) })),
  )
  const token = tokenFile === undefined ? given : await at(share, 'token-file', () => Token.read(tokenFile))
  const exposed = doors.find(({ address }) => !isLoopback(address))
  if (exposed !== undefined && !insecure && (files === undefined || token === undefined))
    throw unprotected(share, exposed.plan)
  const certificate = files && (await at(share, 'tls-cert', () => new Certificate(files)))
  if (certificate?.flaw !== undefined) log.tell({ port: share.port }, 'warning', certificate.flaw)
  for (const file of [tokenFile, files?.key]) {
    if (file !== undefined && isReadByOthers(file))
      log.tell({ port: share.port }, 'warning', `others than its owner may read ${file}; chmod 600 it`)
  }
  return { share, doors, certificate, token }
}

/** Does what a key asks for; what is refused of it is told with the place where that key stands. */
async function at<T>({ places, port }: Share, key: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw refused(places.get(key) ?? port, (error as Error).message, error)
  }
}

function unprotected({ places, port: name, tls }: Share, { host, kind, port }: DoorPlan): SerialError {
  const where = places.get(kind) ?? name
  const [dashes, insecure] = where.startsWith('--') ? ['--', '--insecure'] : ['', 'insecure = yes']
  const lack =
    tls === undefined
      ? `TLS: give ${dashes}tls-cert and ${dashes}tls-key`
      : `a token: give ${dashes}token-file`
  const why = `others than this machine can connect to ${shown(host, port)}, which needs ${lack}, or ${insecure} to do without protection`
  return refused(where, why)
}
