import type { Socket } from 'node:net'
import { farewell } from '../../tcp/index.ts'
import type { Seat } from '../seat.ts'
import { browserRefusal } from './browser.ts'
import { ByteClient } from './byte-client.ts'
import type { Client, Wire } from './client.ts'
import type { Presence } from './presence.ts'

/**
 * Gives a client on a TCP connection the bytes of the port. It has gone when it closes its side.
 *
 * @param isKnown - it has shown a token
 */
export function welcomeTcp(seat: Seat, presence: Presence, socket: Socket, isKnown: boolean): Client {
  const wire: Wire = {
    get waiting() {
      return socket.writableLength
    },
    send: (bytes, sent) => void socket.write(bytes, () => sent()),
    hold: (on) => void (on ? socket.pause() : socket.resume()),
    end: () => farewell(socket),
    destroy: () => void socket.destroy(),
  }
  const client = new ByteClient(seat, wire, presence)
  if (!isKnown) {
    socket.once('data', (first: Buffer) => {
      const refusal = browserRefusal(first)
      if (refusal === undefined) return
      client.gone(refusal)
      socket.destroy()
    })
  }
  socket.on('data', (chunk: Buffer) => client.arrived(chunk))
  socket.on('error', (error) => client.gone(error.message))
  socket.on('end', () => client.gone())
  socket.on('close', () => client.gone())
  socket.resume()
  return client
}
