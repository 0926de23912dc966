import type { PortHint, PortWatch } from './contract.ts'

/**
 * Where the system tells nothing: says now and then that it is time to look.
 *
 * @param every - ms
 */
export function rescanning(tell: (hint?: PortHint) => void, every: number = 1000): PortWatch {
  const timer = setInterval(() => tell(), every)
  return {
    close() {
      clearInterval(timer)
    },
  }
}
