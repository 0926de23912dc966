import type { PortSettings } from './settings.ts'
import type { Transport, TransportSync } from './transport.ts'
import type { PortUrl } from './url.ts'

/** Opens a port about which everything was checked that can be without touching it. */
export type Opener = (signal: AbortSignal | undefined) => Promise<Transport>

/** The same, blocking. */
export type OpenerSync = () => TransportSync

/** What a room is given besides its URL. */
export interface Context {
  readonly settings: PortSettings
  /** The port was open before, and its device went: what is kept of it goes on. */
  readonly again: boolean
  /** For a URL that names another port: checks that one in the same way. */
  prepare(path: string): Promise<Opener>
}

/** The same, blocking. */
export interface ContextSync {
  readonly settings: PortSettings
  prepare(path: string): OpenerSync
}

/**
 * What the room of a URL scheme provides: its ports, in two steps, so that what is refused is refused before anything is
 * touched, also when one URL stands in another.
 */
export interface Room {
  /** Checks the URL and the settings, and touches nothing; throws `INVALID_OPTION` or `UNSUPPORTED`. */
  prepare(url: PortUrl, context: Context): Promise<Opener>
  /** The same, blocking; missing where a port can't block. */
  readonly prepareSync?: (url: PortUrl, context: ContextSync) => OpenerSync
}

/** A room as it is loaded: its `index.ts`, which awaits nothing while it loads, nor does anything that it imports. */
export interface RoomModule {
  readonly room: Room
}
