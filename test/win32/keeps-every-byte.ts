// S13: the property that a read with a time-out must have, held against whatever reads.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { ByteStream } from '../support/byte-stream.ts'
import type { Random } from '../support/random.ts'

/** Something that reads up to `size` bytes within `timeout` ms. */
export interface Subject {
  read(size: number, timeout: number): Buffer | Promise<Buffer>
  close(): void | Promise<void>
}

/** Sends from the other end of the cable, and returns when the system has taken all of it. */
export type Send = (bytes: Uint8Array) => void

/** More than two or three bytes take through the cable, on a machine that has much to do. */
const throughTheCable = 200

const rounds = 2000

/**
 * 3 of 5 bytes come, then the time is up: those 3 are what the read returns, and the 2 that come later are the next read's.
 * Throws an AssertionError that shows what was read in place of them.
 */
export async function keepsThreeOfFive(subject: Subject, send: Send): Promise<void> {
  send(Buffer.from('abc'))
  await sleep(throughTheCable)
  const first = await subject.read(5, throughTheCable)
  send(Buffer.from('de'))
  await sleep(throughTheCable)
  const second = await subject.read(2, throughTheCable)
  assert.deepEqual([first.toString('latin1'), second.toString('latin1')], ['abc', 'de'])
}

/** Whatever the bytes are split into, whatever a read asks for, whenever its time is up: each comes once, in order. */
export async function keepsAnySplit(subject: Subject, send: Send, random: Random): Promise<void> {
  const seed = random.next()
  const [sent, received] = [new ByteStream(seed), new ByteStream(seed)]
  let gaveUpHalfWay = 0
  for (let round = 0; round < rounds; round++) {
    for (let pieces = random.between(0, 2); pieces > 0; pieces--) send(sent.take(random.between(1, 9)))
    for (let reads = random.between(0, 2); reads > 0; reads--) {
      const size = random.between(1, 12)
      const bytes = await subject.read(size, random.between(0, 3))
      assert.ok(bytes.length <= size, `round ${round}: ${bytes.length} bytes for ${size}`)
      received.expect(bytes, `round ${round}`)
      gaveUpHalfWay += Number(bytes.length > 0 && bytes.length < size)
    }
  }
  assert.ok(gaveUpHalfWay > rounds / 20, `only ${gaveUpHalfWay} reads gave up half way`)
  while (received.position < sent.position) {
    const bytes = await subject.read(sent.position - received.position, 2000)
    assert.notEqual(bytes.length, 0, `${sent.position - received.position} bytes never came`)
    received.expect(bytes, 'the rest')
  }
  assert.equal((await subject.read(1, 50)).length, 0, 'more came than was sent')
}
