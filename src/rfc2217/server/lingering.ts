/** What a client has left behind is given so long beside the time that the line takes for it, and in all where there is no time; in ms. */
const patience = 2000

/** Bits that a byte takes on the line: 12 at most, and a quarter more, since no device keeps up at every moment. */
const bits = 15

/** A timer that is set for more ms goes off at once. */
const longest = 2 ** 31 - 1

/** How many ms a line takes at most for so many bytes, at this baud rate. */
export function timeOnLine(bytes: number, baudRate: number): number {
  return (bytes * bits * 1000) / baudRate
}

/** What was left behind. */
export interface LeftBehind {
  readonly bytes: number
  readonly baudRate: number
  /** Aborts when there is no time for it. */
  readonly hurry: AbortSignal
}

/**
 * Waits until what a client has left behind has left: the client was told that it was taken. It is given the time that the line
 * takes for it; then the signal aborts.
 */
export async function lingering(
  { baudRate, bytes, hurry }: LeftBehind,
  wait: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const over = new AbortController()
  const giveUp = () => over.abort()
  let limit = setTimeout(giveUp, Math.min(patience + timeOnLine(bytes, baudRate), longest))
  const hasten = () => {
    clearTimeout(limit)
    limit = setTimeout(giveUp, patience)
  }
  if (hurry.aborted) hasten()
  else hurry.addEventListener('abort', hasten, { once: true })
  try {
    await wait(over.signal)
  } finally {
    clearTimeout(limit)
    hurry.removeEventListener('abort', hasten)
  }
}
