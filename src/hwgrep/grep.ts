import type { PortInfo } from '../native/index.ts'
import type { Room, Context, ContextSync } from '../room.ts'
import type { Transport, TransportSync } from '../transport.ts'
import type { PortUrl } from '../url.ts'
import { patternOf } from './pattern.ts'
import type { Pattern } from './pattern.ts'
import { Search } from './search.ts'

/** Where ports are looked up: this machine, or a test's own. */
export interface Listing {
  list(): Promise<readonly PortInfo[]>
  listSync(): readonly PortInfo[]
}

/** `hwgrep://<regexp>` over these ports. */
export function grepIn(listing: Listing): Room {
  return {
    async prepare(url, context) {
      const pattern = patternOf(url)
      return async (signal) => find(url, pattern, await listing.list(), context, signal)
    },
    prepareSync(url, context) {
      const pattern = patternOf(url)
      return () => findSync(url, pattern, listing.listSync(), context)
    },
  }
}

async function find(
  url: PortUrl,
  pattern: Pattern,
  ports: readonly PortInfo[],
  context: Context,
  signal: AbortSignal | undefined,
): Promise<Transport> {
  const search = new Search(url, pattern, ports)
  for (;;) {
    const { keep, path } = search.next()
    try {
      const open = await context.prepare(path)
      const transport = await open(signal)
      if (keep) return transport
      search.wasFree()
      await transport.close()
    } catch (error) {
      search.failed(error)
    }
  }
}

function findSync(
  url: PortUrl,
  pattern: Pattern,
  ports: readonly PortInfo[],
  context: ContextSync,
): TransportSync {
  const search = new Search(url, pattern, ports)
  for (;;) {
    const { keep, path } = search.next()
    try {
      const open = context.prepare(path)
      const transport = open()
      if (keep) return transport
      search.wasFree()
      transport.close()
    } catch (error) {
      search.failed(error)
    }
  }
}
