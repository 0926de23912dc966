// For servers that are programs of others: they have to be told where to listen, and do not say when they do.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, SerialError } from '../../src/index.ts'
import type { SerialOptions, SerialPort } from '../../src/index.ts'

/** A number that nobody listens on just now. */
export async function freeNumber(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Opens a port as soon as somebody listens there, for which a program has some seconds to start. */
export async function openSoon(url: string, options: SerialOptions = {}): Promise<SerialPort> {
  for (const begun = performance.now(); ; await sleep(20)) {
    try {
      return await open(url, options)
    } catch (error) {
      const isEarly = error instanceof SerialError && error.code === 'PORT_NOT_FOUND'
      if (!isEarly || performance.now() - begun > 20_000) throw error
    }
  }
}
