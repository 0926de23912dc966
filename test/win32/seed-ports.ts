// What the tests of the seed's examples share: a port at the other end, and what Wine says otherwise.
import assert from 'node:assert/strict'
import { pywintypes, winerror } from 'baud/win32'
import type { win32file } from 'baud/win32'
import { PortThatKeepsEveryByte } from '../../examples/seed/read-keeps-every-byte.ts'
import { writeCounted } from '../../examples/seed/write.ts'
import { names } from './com.ts'
import type { Send } from './keeps-every-byte.ts'

/** The driver never ends a read by itself. */
export const never = (): win32file.CommTimeouts => [0, 0, 0, 0, 0]

/** Runs with a port at the other end, and what sends from there. */
export async function withPeer(work: (peer: PortThatKeepsEveryByte, send: Send) => unknown): Promise<void> {
  using peer = new PortThatKeepsEveryByte(names.b, 2)
  await work(peer, (bytes) => assert.equal(writeCounted(peer, bytes), bytes.length))
}

/** Of a read that ended with nothing Wine says error 1460, where Windows says 0 bytes. */
export async function orNothing(read: () => Buffer | Promise<Buffer>): Promise<Buffer> {
  try {
    return await read()
  } catch (e) {
    if (e instanceof pywintypes.error && e.winerror === winerror.ERROR_TIMEOUT) return Buffer.alloc(0)
    throw e
  }
}
