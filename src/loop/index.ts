import { present, readParameters } from '../parameters.ts'
import type { Room } from '../room.ts'
import { notAllowed } from '../url.ts'
import type { PortUrl } from '../url.ts'
import { LoopPort } from './port.ts'
import { LoopPortSync } from './port-sync.ts'

export { LoopPort } from './port.ts'

/** `loop://[?paced]` */
function isPaced(url: PortUrl): boolean {
  const [, rest = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(url.target) ?? []
  if (rest !== '' && rest !== '/')
    throw notAllowed(url, 'what follows loop://', rest, 'nothing but parameters')
  return readParameters(url, query, { paced: present }).paced === true
}

/** `loop://`: a port that receives what it sends. */
export const room: Room = {
  async prepare(url, { settings }) {
    const paced = isPaced(url)
    return async () => new LoopPort(url.href, settings, paced)
  },
  prepareSync(url, { settings }) {
    const paced = isPaced(url)
    return () => new LoopPortSync(url.href, settings, paced)
  },
}
