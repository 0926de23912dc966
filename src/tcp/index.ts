import { withoutToken } from '../errors.ts'
import type { Room } from '../room.ts'
import { addressOf } from './address.ts'
import { checkSettings, TcpPort } from './port.ts'

// What is built on a TCP connection.
export { placeOf } from './address.ts'
export type { Address } from './address.ts'
export { Connection } from './connection.ts'
export { securityOf, securityParameters } from './security.ts'
export { farewell } from './farewell.ts'
export { tokenWanted } from './errors.ts'
export { denial, isDenial, FirstLine, tokenIn, welcome } from './greeting.ts'
export { checkSettings } from './port.ts'
export { pieceSize } from './writer.ts'
export type { Encode } from './writer.ts'

/** `socket://<host>:<port>`: the bytes of a TCP connection; `sockets://`: over TLS. */
export const room: Room = {
  async prepare(url, { settings }) {
    const address = addressOf(url)
    const path = withoutToken(url.href)
    checkSettings(path, settings)
    return (signal) => TcpPort.open(address, path, settings, signal)
  },
}
