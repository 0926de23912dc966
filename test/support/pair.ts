import { createPair as createVirtualPair } from '../../src/virtual/index.ts'
import type { Pair } from '../../src/virtual/index.ts'
import { addCable, removeCable } from './lab.ts'
import { onWindows } from './platform.ts'

/** Windows has no virtual ports of its own, so the lab lays a cable. */
async function layCable(): Promise<Pair> {
  const cable = addCable()
  let there = true
  const close = async () => {
    if (there) removeCable(cable)
    there = false
  }
  return { ...cable, close, [Symbol.asyncDispose]: close }
}

/** Two ports that are joined: baud's own virtual ones, on Windows a cable of the lab's. */
export const createPair: typeof createVirtualPair = onWindows ? layCable : createVirtualPair
