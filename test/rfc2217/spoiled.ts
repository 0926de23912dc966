// Streams that have sense, and are then spoiled.
import { encode } from '../../src/rfc2217/com-port.ts'
import type { Role } from '../../src/rfc2217/com-port.ts'
import { escape, iac, sb, se } from '../../src/rfc2217/telnet.ts'
import type { Random } from '../support/random.ts'

/** How many streams: `BAUD_FUZZ_STREAMS=1000000` for a long run. */
export const streams: number = Number(process.env['BAUD_FUZZ_STREAMS'] ?? 100_000)

const commands = ['baudRate', 'parity', 'control', 'modemState', 'suspend', 'resume', 'purge'] as const

/** Bytes that mean something, which a stream of chance would seldom have. */
export const telling: readonly number[] = [iac, sb, se, 251, 252, 253, 254, 0, 1, 3, 44, 101, 107]

/** A stream that has sense, before it is spoiled. */
export function sensible(random: Random, sender: Role): number[] {
  const parts: number[] = []
  for (let count = random.between(1, 6); count > 0; count--) {
    const kind = random.between(0, 3)
    const command = commands[random.between(0, commands.length - 1)] ?? 'purge'
    if (kind === 0) parts.push(...encode(sender, command, random.next() % 256))
    else if (kind === 1) parts.push(...encode(sender, 'signature', 0, 'x'.repeat(random.between(0, 40))))
    else if (kind === 2) parts.push(iac, random.between(251, 254), random.between(0, 50))
    else parts.push(...escape(Uint8Array.from({ length: random.between(1, 20) }, () => random.next())))
  }
  return parts
}

/** Drops, doubles, changes and adds bytes. */
export function spoil(random: Random, stream: number[]): Uint8Array {
  for (let count = random.between(0, 6); count > 0; count--) {
    const at = random.between(0, stream.length)
    const byte = random.once(2) ? random.next() : (telling[random.between(0, telling.length - 1)] ?? iac)
    const kind = random.between(0, 3)
    if (kind === 0) stream.splice(at, random.between(1, 4))
    else if (kind === 1) stream.splice(at, 0, byte & 255)
    else if (kind === 2) stream[at] = byte & 255
    else stream.splice(at, 0, ...stream.slice(at, at + random.between(1, 8)))
  }
  return Uint8Array.from(stream)
}

/** In pieces of so many bytes at most. */
export function cut(random: Random, stream: Uint8Array, longest: number = 12): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < stream.length;) {
    const length = random.between(1, longest)
    pieces.push(stream.subarray(at, at + length))
    at += length
  }
  return pieces
}
