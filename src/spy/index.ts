import type { Room, Opener, OpenerSync } from '../room.ts'
import type { PortUrl } from '../url.ts'
import { hexFormat, rawFormat } from './format.ts'
import type { Format } from './format.ts'
import { LogSync } from './log-sync.ts'
import { Log } from './log.ts'
import { SpyPortSync } from './port-sync.ts'
import { SpyPort } from './port.ts'
import { targetOf } from './target.ts'
import type { Target } from './target.ts'

/** `spy://<port or URL>[?file=<file>][&color][&raw][&all]`: any other port, with a log of what passes. */
export const room: Room = {
  async prepare(url, context) {
    const target = targetOf(url)
    return spyOn(url, target, await context.prepare(target.port), context.again)
  },
  prepareSync(url, context) {
    const target = targetOf(url)
    return spyOnSync(url, target, context.prepare(target.port))
  },
}

function formatOf({ color, raw }: Target): Format {
  return raw ? rawFormat(color) : hexFormat(color)
}

/** The log comes first: a wrong file name is found out before the port is touched. */
function spyOn(url: PortUrl, target: Target, open: Opener, again: boolean): Opener {
  return async (signal) => {
    const log = await Log.open(url.href, { file: target.file, again }, formatOf(target), signal)
    try {
      return new SpyPort(url.href, await open(signal), log, target.all)
    } catch (error) {
      log.note('END', error instanceof Error ? error.message : String(error))
      await log.close()
      throw error
    }
  }
}

function spyOnSync(url: PortUrl, target: Target, open: OpenerSync): OpenerSync {
  return () => {
    const log = LogSync.open(url.href, target.file, formatOf(target))
    try {
      return new SpyPortSync(url.href, open(), log, target.all)
    } catch (error) {
      log.note('END', error instanceof Error ? error.message : String(error))
      log.close()
      throw error
    }
  }
}
