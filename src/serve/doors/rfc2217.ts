import type { Socket } from 'node:net'
import { Session } from '../../rfc2217/server/index.ts'
import type { Seat } from '../seat.ts'
import { browserRefusal } from './browser.ts'
import type { Client } from './client.ts'
import type { Presence } from './presence.ts'

/**
 * Gives a client the port by RFC 2217: its bytes, settings, lines, and what happens on it.
 *
 * @param isKnown - it has shown a token
 */
export function welcomeRfc2217(seat: Seat, presence: Presence, socket: Socket, isKnown: boolean): Client {
  // Before the session hears of it: whoever comes next is to know.
  const going = () => seat.going()
  socket.on('end', going)
  socket.on('error', going)
  socket.on('close', going)
  seat.on('cut', () => socket.destroy())
  const session = new Session(seat, socket, {
    signature: 'baud',
    restores: false,
    hurry: seat.hurried,
    turn: () => seat.turn(),
    refuses: (first) => (isKnown ? undefined : browserRefusal(first)),
    heard: (what) => (what === 'answer' ? presence.answered() : presence.said()),
  })
  socket.resume()
  return {
    closed: session.closed.then((reason) => reason?.message),
    ask: () => session.ask(),
    async close() {
      // Nor does whoever comes next have a turn when all are told goodbye.
      going()
      session.end()
      await session.closed
    },
  }
}
