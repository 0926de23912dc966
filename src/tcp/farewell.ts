import type { Socket } from 'node:net'

/** In ms. */
const patience = {
  /** Nothing has moved: what was written is stuck, or has left and the other end keeps its side open. */
  stuck: 500,
  /** The longest that all of it may take, also when the other end keeps sending. */
  all: 2000,
} as const

/**
 * Ends a connection: what the socket was given still leaves while it moves, and what arrives meanwhile is for nobody.
 *
 * The other end is given a moment to close as well. A socket that is closed with bytes to read makes the system send a
 * reset instead of the end of the stream, and on some systems a reset throws away what the other end has not read yet.
 * Source: RFC 1122, section 4.2.2.13.
 */
export function farewell(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve()
  return new Promise((resolve) => {
    const giveUp = () => socket.destroy()
    const limit = setTimeout(giveUp, patience.all)
    socket.once('close', () => {
      clearTimeout(limit)
      resolve()
    })
    // Counts anew with each byte that moves, either way.
    socket.setTimeout(patience.stuck, giveUp)
    socket.ref()
    socket.resume()
    socket.end()
  })
}
