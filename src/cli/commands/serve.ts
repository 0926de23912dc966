import { withoutToken } from '../../errors.ts'
import { Log, readConfig, readShare, Server, Token } from '../../serve/index.ts'
import type { Config, Given, LogFormat, Opened } from '../../serve/index.ts'
import { exitCodes, UsageError } from '../exit.ts'
import type { Stop } from '../stop.ts'
import { print } from '../style.ts'

/** Where a token may be given that is in no file. */
const tokenVariable = 'BAUD_TOKEN'

/** What there is an option against, and none for: without it, nothing was said. */
const onUnlessDenied = ['dtr', 'exclusive', 'rts', 'watchers']

/** As they were written; `serve` reads them as it does those of a configuration file. */
export interface ServeFlags {
  readonly config?: string
  readonly logFormat?: LogFormat
  readonly [key: string]: string | boolean | undefined
}

/** `baud serve`: shares ports with the network until it is stopped. */
export async function serve(port: string | undefined, flags: ServeFlags, stop: Stop): Promise<number> {
  const { logFormat = 'text', shares } = configOf(port, flags)
  const log = new Log(flags.logFormat ?? logFormat, (line) => void process.stderr.write(line))
  const secret = process.env[tokenVariable]
  const token = secret === undefined ? undefined : new Token(secret, tokenVariable)
  const tell = (door: Opened): void => {
    // One port is known; of several each is named.
    const whose = port === undefined ? ` ${withoutToken(door.port)}` : ''
    void print(process.stdout, `listening ${door.kind} ${door.place}${whose}\n`)
  }
  const starting = Server.start(shares, log, token, tell, stop.signal)
  // Also one that comes while a port is being opened; what has failed has told so.
  stop.takeHangup(() => void starting.then((running) => running.reload()).catch(() => {}))
  const server = await starting
  await stop.over()
  await server.close()
  return exitCodes.ok
}

function configOf(port: string | undefined, flags: ServeFlags): Config {
  const given = givenIn(flags)
  if (flags.config === undefined) {
    if (port === undefined) throw new UsageError('give a port, or a file of them with --config')
    return { shares: [readShare(port, given, 'baud serve')], logFormat: undefined }
  }
  const [first] = given
  if (port !== undefined || first !== undefined)
    throw new UsageError(`with --config the file says everything: leave out ${port ?? first?.where}`)
  return readConfig(flags.config)
}

/** `maxClients` is `max-clients` in a file, and what is there or not is yes or no. */
function givenIn(flags: ServeFlags): Given[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || ['config', 'logFormat'].includes(name)) return []
    const key = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    if (typeof value === 'string') return [{ key, text: value, where: `--${key}` }]
    if (value) return onUnlessDenied.includes(key) ? [] : [{ key, text: 'yes', where: `--${key}` }]
    return [{ key, text: 'no', where: `--no-${key}` }]
  })
}
