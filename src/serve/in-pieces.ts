import { SerialError } from '../errors.ts'
import { repeated } from '../failures.ts'

/** Bytes of a piece: so many a terminal takes at a time, and writes that wait go together up to there. */
export const pieceSize = 4096

/** Writes in pieces, each of which is told when it is taken; all are given at once, so that nothing comes between them. */
export async function inPieces(
  data: Uint8Array,
  write: (piece: Uint8Array) => Promise<number>,
): Promise<number> {
  if (data.byteLength <= pieceSize) return write(data)
  const count = Math.ceil(data.byteLength / pieceSize)
  const pieces = Array.from({ length: count }, (_, at) => data.subarray(at * pieceSize, (at + 1) * pieceSize))
  const ends = await Promise.allSettled(pieces.map(write))
  const taken = ends.map((end) => (end.status === 'fulfilled' ? end.value : takenBefore(end.reason)))
  const total = taken.reduce((sum, each) => sum + each, 0)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed === undefined) return total
  throw failed.reason instanceof SerialError ? repeated(failed.reason, total) : failed.reason
}

function takenBefore(failure: unknown): number {
  return failure instanceof SerialError ? (failure.bytesTransferred ?? 0) : 0
}
