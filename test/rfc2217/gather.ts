import { Protocol } from '../../src/rfc2217/protocol.ts'
import type { ProtocolEvent } from '../../src/rfc2217/protocol.ts'
import type { Role } from '../../src/rfc2217/com-port.ts'

/** What a stream came to, in a form that does not depend on where it was cut. */
export interface Heard {
  data: number[]
  /** Everything but data, each with how many bytes of data came before it. */
  rest: string[]
  replies: number[]
}

/** Feeds these pieces to a fresh protocol, which has begun, or to one that is given. */
export function hear(role: Role, pieces: readonly Uint8Array[], protocol: Protocol = begun(role)): Heard {
  const heard: Heard = { data: [], rest: [], replies: [] }
  for (const piece of pieces) {
    // The memory is used, so it gets its own.
    for (const event of protocol.receive(Uint8Array.from(piece))) note(heard, event)
  }
  return heard
}

function note(heard: Heard, event: ProtocolEvent): void {
  if (event.kind === 'data') heard.data.push(...event.bytes)
  else if (event.kind === 'reply') heard.replies.push(...event.bytes)
  else heard.rest.push(`${heard.data.length} ${JSON.stringify(event)}`)
}

export function begun(role: Role): Protocol {
  const protocol = new Protocol(role)
  protocol.begin()
  return protocol
}
