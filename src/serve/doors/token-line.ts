import type { Socket } from 'node:net'
import { denial, FirstLine, tokenIn, welcome } from '../../tcp/index.ts'
import type { Token } from '../token.ts'

/**
 * Reads the client's first line; what comes behind it waits. Gives why the client is not let in, and tells it so. Who says
 * nothing is a matter of whoever opened the door.
 *
 * @param heard - called once
 */
export function askForToken(
  socket: Socket,
  token: Token,
  heard: (refusal: string | undefined) => void,
): void {
  const first = new FirstLine()
  const take = (chunk: Buffer) => {
    const taken = first.take(chunk)
    if (taken === undefined) return
    socket.off('data', take)
    socket.pause()
    const given = taken === false ? undefined : tokenIn(taken.line)
    const refusal = refusalOf(given, token)
    if (taken !== false && taken.rest.byteLength > 0) socket.unshift(taken.rest)
    socket.write(refusal === undefined ? welcome : denial(refusal))
    heard(refusal)
  }
  socket.on('data', take)
}

function refusalOf(given: string | undefined, token: Token): string | undefined {
  if (given === undefined) return 'no token'
  return token.matches(given) ? undefined : 'wrong token'
}
