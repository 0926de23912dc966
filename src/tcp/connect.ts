import { once } from 'node:events'
import type { Socket } from 'node:net'
import { SerialError } from '../errors.ts'
import { aborted } from '../failures.ts'
import type { Address } from './address.ts'
import { connectError, noAnswer, tlsError } from './errors.ts'

/** Waits until the socket is connected, and secure where it is to be; when it can't be, the time is up or the signal aborts, it is destroyed. */
export async function connected(
  socket: Socket,
  isSecure: boolean,
  path: string,
  address: Address,
  signal: AbortSignal | undefined,
): Promise<void> {
  const giveUp = () => socket.destroy(aborted(path, 'the opening', signal?.reason))
  const limit = setTimeout(() => socket.destroy(noAnswer(path, address)), address.timeout)
  signal?.addEventListener('abort', giveUp, { once: true })
  // While TLS was loaded, nobody listened.
  if (signal?.aborted === true) giveUp()
  try {
    await once(socket, isSecure ? 'secureConnect' : 'connect')
  } catch (error) {
    socket.destroy()
    if (error instanceof SerialError) throw error
    const failure = error as NodeJS.ErrnoException
    throw tlsError(path, failure) ?? connectError(path, address, failure)
  } finally {
    clearTimeout(limit)
    signal?.removeEventListener('abort', giveUp)
  }
}
