import { Log, readShare, Server, Token } from '../../serve/index.ts'
import type { Given, LogFormat, Share } from '../../serve/index.ts'
import { exitCodes } from '../exit.ts'
import type { Stop } from '../stop.ts'
import { print } from '../style.ts'

/** Where a token may be given that is in no file. */
const tokenVariable = 'BAUD_TOKEN'

/** As they were written; `serve` reads them as it does those of a configuration file. */
export interface ServeFlags {
  readonly logFormat: LogFormat
  readonly [key: string]: string | boolean | undefined
}

/** `baud serve`: shares ports with the network until it is stopped. */
export async function serve(port: string, flags: ServeFlags, stop: Stop): Promise<number> {
  stop.allowSignals()
  const shares = sharesOf(port, flags)
  const log = new Log(flags.logFormat, (line) => void process.stderr.write(line))
  const secret = process.env[tokenVariable]
  const token = secret === undefined ? undefined : new Token(secret, tokenVariable)
  const server = await Server.start(shares, log, token, ({ kind, place }) => {
    void print(process.stdout, `listening ${kind} ${place}\n`)
  })
  await stop.over()
  await server.close()
  return exitCodes.ok
}

function sharesOf(port: string, flags: ServeFlags): Share[] {
  return [readShare(port, givenIn(flags), 'baud serve')]
}

/** `maxClients` is `max-clients` in a file, and what is there or not is yes or no. */
function givenIn(flags: ServeFlags): Given[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || name === 'logFormat') return []
    const key = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    const text = typeof value === 'boolean' ? (value ? 'yes' : 'no') : value
    return [{ key, text, where: `--${key}` }]
  })
}
