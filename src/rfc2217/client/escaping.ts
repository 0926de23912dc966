import { pieceSize } from '../../tcp/index.ts'
import type { Encode } from '../../tcp/index.ts'
import { escape, escapeInto } from '../telnet.ts'

/** Smaller ones get memory of their own, so that a port which sends little costs little. */
const smallPiece = 4096

/** Escapes what is written into the same memory again and again: a piece is gone when the next comes. */
export function escaping(): Encode {
  let memory: Buffer | undefined
  return (piece) => {
    if (piece.byteLength > smallPiece) {
      memory ??= Buffer.allocUnsafeSlow(2 * pieceSize)
      return escapeInto(memory, piece)
    }
    const escaped = escape(piece)
    return escaped === piece ? Buffer.from(piece) : escaped
  }
}
