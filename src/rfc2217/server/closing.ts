import type { ServedPort } from './served-port.ts'

/** @param isGone - whether the port has gone by itself, and what it had received can still be read */
type Hear = (isGone: boolean) => void

/** Who is to hear that a port is closed. Its promise keeps whom it is to tell for as long as the port is open, long after a client has gone. */
const hearers: WeakMap<ServedPort, Set<Hear>> = new WeakMap()

/** @returns what ends it */
export function whenClosed(port: ServedPort, hear: Hear): () => void {
  const all = hearersOf(port)
  all.add(hear)
  return () => all.delete(hear)
}

function hearersOf(port: ServedPort): Set<Hear> {
  const known = hearers.get(port)
  if (known !== undefined) return known
  const all: Set<Hear> = new Set()
  hearers.set(port, all)
  void port.closed.then((reason) => {
    for (const hear of all) hear(reason !== undefined)
  })
  return all
}
