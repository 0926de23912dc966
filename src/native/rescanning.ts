import type { PortHint, PortWatch } from './contract.ts'

/** ms */
const every = 1000

/** Where the system tells nothing: says now and then that it is time to look. */
export function rescanning(tell: (hint?: PortHint) => void): PortWatch {
  const timer = setInterval(() => tell(), every)
  return {
    close() {
      clearInterval(timer)
    },
  }
}
