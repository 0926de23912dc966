import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ReceiveBuffer } from '../../src/receive-buffer.ts'
import { line, until } from '../../src/wants.ts'

it('holds bytes in order through growing, moving and shrinking', () => {
  const buffer = new ReceiveBuffer()
  let model = Buffer.alloc(0)
  let next = 0
  for (let round = 0; round < 2000; round++) {
    const size = (round * 7919) % (round % 50 === 0 ? 300_000 : 3000)
    const chunk = Uint8Array.from({ length: size }, () => next++ % 251)
    buffer.push(chunk)
    model = Buffer.concat([model, chunk])
    const count = round % 60 === 59 ? model.length : (round * 104_729) % 4000
    const [taken, expected] = [buffer.take(count), model.subarray(0, count)]
    model = model.subarray(count)
    assert.ok(taken.equals(expected), `round ${round}`)
    assert.equal(buffer.length, model.length)
    assert.equal(buffer.at(0), model[0])
    assert.equal(buffer.at(model.length), undefined)
  }
})

it('passes a chunk by: what is taken meanwhile, and what is left, is as if it had been put in first', () => {
  const [passing, pushing] = [new ReceiveBuffer(), new ReceiveBuffer()]
  const memory = Buffer.alloc(400_000)
  let next = 0
  for (let round = 0; round < 3000; round++) {
    const size = (round * 7919) % (round % 70 === 0 ? 300_000 : 3000)
    for (let i = 0; i < size; i++) memory[i] = next++ % 251
    const chunk = round % 3 === 0 ? Uint8Array.from(memory.subarray(0, size)) : memory.subarray(0, size)
    const counts = [round % 4 === 0 ? size : (round * 104_729) % 2500, (round * 31) % 100]
    pushing.push(chunk)
    const expected = counts.map((count) => pushing.take(count))
    const taken: Buffer[] = []
    passing.pass(chunk, () => taken.push(...counts.map((count) => passing.take(count))))
    // The transport's again.
    memory.fill(0xff)
    assert.deepEqual(taken, expected, `round ${round}`)
    assert.deepEqual([passing.length, passing.position], [pushing.length, pushing.position])
    assert.deepEqual(passing.at(0), pushing.at(0))
  }
  assert.ok(passing.take(passing.length).equals(pushing.take(pushing.length)))
})

it('keeps what is passed by when whoever takes of it fails', () => {
  const buffer = new ReceiveBuffer()
  const fails = (): never => {
    buffer.skip(1)
    throw new Error('no')
  }
  assert.throws(() => buffer.pass(Buffer.from('abc'), fails), /no/)
  buffer.push(Buffer.from('d'))
  assert.equal(buffer.take(9).toString(), 'bcd')
})

it('gives copies: what was taken does not change', () => {
  const buffer = new ReceiveBuffer()
  buffer.push(Buffer.from('abc'))
  const taken = buffer.take(3)
  buffer.push(Buffer.from('xyz'))
  assert.equal(taken.toString(), 'abc')
})

it('finds a delimiter wherever the chunks cut it', () => {
  const text = 'ab\r\r\ncd\r\n'
  for (let cut = 0; cut <= text.length; cut++) {
    for (let second = cut; second <= text.length; second++) {
      const buffer = new ReceiveBuffer()
      const want = until(Buffer.from('\r\n'), 100)
      const pieces = [text.slice(0, cut), text.slice(cut, second), text.slice(second)]
      const found = pieces.map((piece) => {
        buffer.push(Buffer.from(piece))
        return want.take(buffer)
      })
      assert.equal(found.find((result) => result !== undefined)?.toString(), 'ab\r\r\n')
    }
  }
})

it('a line of more than maxBytes comes in pieces, none of which loses a byte', () => {
  const buffer = new ReceiveBuffer()
  buffer.push(Buffer.from('abcdef\r\nxy\n'))
  const next = () => line(Buffer.from('\n'), 4, 'utf8').take(buffer)
  assert.deepEqual([next(), next(), next(), next()], ['abcd', 'ef', 'xy', undefined])
})

it('looks for a line end among what has arrived, and not in the memory that is kept for more', () => {
  const size = 8 * 1024 * 1024
  const chunk = Buffer.alloc(64, 0x61)
  const lookThrough = (delimiter: string): number => {
    const buffer = new ReceiveBuffer()
    const want = until(Buffer.from(delimiter), size)
    const begun = performance.now()
    while (buffer.length < size) {
      assert.equal(want.take(buffer), undefined)
      buffer.push(chunk)
    }
    return performance.now() - begun
  }
  const [two, one] = [lookThrough('\r\n'), lookThrough('\n')]
  assert.ok(one < 8 * two + 200, `${one} ms, and ${two} ms for two bytes`)
})
