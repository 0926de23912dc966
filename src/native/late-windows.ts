import { SerialError } from '../errors.ts'
import type { NativePlatform } from './contract.ts'
import { rescanning } from './rescanning.ts'

/**
 * The Windows room, which is as large as all the rest and is loaded on Windows alone: the others would wait for it with
 * every import. It is there a few milliseconds after the import; whoever awaits anything does not notice.
 */
export function lateWindows(): NativePlatform {
  let loaded: NativePlatform | undefined
  const loading = import('./win32/index.ts').then(({ platform }) => (loaded = platform))
  // Whoever uses it hears of a failure.
  loading.catch(() => {})
  return {
    open: async (path, settings) => (await loading).open(path, settings),
    openSync(path, settings) {
      if (loaded !== undefined) return loaded.openSync(path, settings)
      const message =
        'openSync() has to load more of baud first: await something, such as setImmediate, before it'
      throw new SerialError('UNSUPPORTED', message, { path })
    },
    list: async () => (await loading).list(),
    watchPorts: rescanning,
    diagnose: async (path) => (await loading).diagnose(path),
    createCable: async () => (await loading).createCable(),
  }
}
