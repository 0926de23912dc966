import type { SerialPort } from '../../src/index.ts'
import { ByteStream } from '../support/byte-stream.ts'

/** Sends so many bytes from one port to the other, all values among them, and compares each. */
async function carry(from: SerialPort, to: SerialPort, total: number, seed: number): Promise<void> {
  const [sent, received] = [new ByteStream(seed), new ByteStream(seed)]
  const sending = (async () => {
    while (sent.position < total) await from.write(sent.take(100_000))
  })()
  while (received.position < total) received.expect(await to.read({ timeout: 60_000 }), `at ${to.path}`)
  await sending
}

/** The same both ways at once: 10 MB each unless told otherwise. */
export async function carryBothWays(a: SerialPort, b: SerialPort, total: number = 10_000_000): Promise<void> {
  await Promise.all([carry(a, b, total, 21), carry(b, a, total, 22)])
}
