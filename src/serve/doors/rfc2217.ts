import type { Socket } from 'node:net'
import { Session } from '../../rfc2217/server/index.ts'
import type { Seat } from '../seat.ts'
import type { Client } from './client.ts'

/** Gives a client the port by RFC 2217: its bytes, settings, lines, and what happens on it. */
export function welcomeRfc2217(seat: Seat, socket: Socket): Client {
  // Before the session hears of it: whoever comes next is to know.
  const going = () => seat.going()
  socket.on('end', going)
  socket.on('error', going)
  socket.on('close', going)
  seat.on('cut', () => socket.destroy())
  const session = new Session(seat, socket, { signature: 'baud', restores: false })
  socket.resume()
  return {
    closed: session.closed.then((reason) => reason?.message),
    async close() {
      session.end()
      await session.closed
    },
  }
}
