import type { Room } from '../room.ts'
import { addressOf } from './address.ts'
import { checkSettings, TcpPort } from './port.ts'

/** `socket://<host>:<port>`: the bytes of a TCP connection. */
export const room: Room = {
  async prepare(url, { settings }) {
    const address = addressOf(url)
    checkSettings(url.href, settings)
    return (signal) => TcpPort.open(address, url.href, settings, signal)
  },
}
