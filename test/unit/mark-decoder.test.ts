import assert from 'node:assert/strict'
import { it } from 'node:test'
import { MarkDecoder } from '../../src/native/posix/mark-decoder.ts'

function decode(chunks: Uint8Array[]): (number | string)[] {
  const out: (number | string)[] = []
  const decoder = new MarkDecoder({
    data: (bytes) => out.push(...bytes),
    bad: (byte) => out.push(`bad ${byte}`),
  })
  for (const chunk of chunks) decoder.decode(chunk)
  return out
}

const marked = Uint8Array.of(1, 0xff, 0xff, 2, 0xff, 0, 0, 3, 0xff, 0, 0x41, 0xff, 0xff, 0xff, 0, 0xff)
const meaning = [1, 0xff, 2, 'bad 0', 3, 'bad 65', 0xff, 'bad 255']

it('undoes the marks, wherever the chunks are cut', () => {
  for (let first = 0; first <= marked.length; first++) {
    for (let second = first; second <= marked.length; second++) {
      const chunks = [marked.subarray(0, first), marked.subarray(first, second), marked.subarray(second)]
      assert.deepEqual(decode(chunks), meaning, `cut at ${first} and ${second}`)
    }
  }
})

it('takes what comes after a reset for what it is, wherever a mark was cut', () => {
  for (const cut of [[0xff], [0xff, 0]]) {
    const out: number[] = []
    const decoder = new MarkDecoder({ data: (bytes) => out.push(...bytes), bad: () => assert.fail() })
    decoder.decode(Uint8Array.from(cut))
    decoder.reset()
    decoder.decode(Uint8Array.of(0, 0x41))
    assert.deepEqual(out, [0, 0x41])
  }
})

it('passes plain bytes in one piece', () => {
  const pieces: number[] = []
  new MarkDecoder({ data: ({ length }) => pieces.push(length), bad: () => assert.fail() }).decode(
    new Uint8Array(5000),
  )
  assert.deepEqual(pieces, [5000])
})
