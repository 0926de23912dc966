// For servers that are programs of others: they have to be told where to listen, and do not say when they do.
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, SerialError } from '../../src/index.ts'
import type { SerialOptions, SerialPort } from '../../src/index.ts'

/** Numbers that no system gives out by itself: one of those may be somebody else's before the program listens. */
const lowest = 20_000
const highest = 30_000

async function isFree(number: number): Promise<boolean> {
  const server = createServer().listen(number, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}

/** A number that nobody listens on. */
export async function freeNumber(): Promise<number> {
  for (;;) {
    const number = randomInt(lowest, highest)
    if (await isFree(number)) return number
  }
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
