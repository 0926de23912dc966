import { closeSync, constants, openSync, statSync } from 'node:fs'

const { O_NONBLOCK, O_RDWR, O_WRONLY } = constants

/**
 * Sees to it that the log can be opened without a wait: a FIFO that nobody reads fails with ENXIO, where to open it for writing
 * would wait for a reader, and hold a thread that no signal and no `process.exit()` ends. Source: fifo(7).
 *
 * @returns what is to be called when the log is open, or is not
 */
export function withoutWait(file: string): () => void {
  if (statSync(file, { throwIfNoEntry: false })?.isFIFO() !== true) return () => {}
  const writer = openSync(file, O_WRONLY | O_NONBLOCK)
  try {
    // A reader of our own, until the log is open: the other may go meanwhile.
    const reader = openSync(file, O_RDWR | O_NONBLOCK)
    return () => closeSync(reader)
  } finally {
    closeSync(writer)
  }
}
