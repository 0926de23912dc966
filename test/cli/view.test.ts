import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HexView, hexRow } from '../../src/cli/view/hex-view.ts'
import type { ViewOptions } from '../../src/cli/view/options.ts'
import { TextView } from '../../src/cli/view/text-view.ts'

const plain: ViewOptions = { hex: false, timestamps: false, raw: false, encoding: 'utf8' }
const paint = (_format: unknown, text: string) => text
const at = (milliseconds: number) => new Date(2025, 0, 31, 7, 8, 9, milliseconds)
const feed = (view: TextView, ...chunks: readonly (string | Uint8Array)[]) =>
  chunks.map((chunk) => view.show(Buffer.from(chunk as string), 'in', at(10))).join('')

describe('the text view', () => {
  it('shows a character that comes in pieces once, when it is whole', () => {
    const whole = Buffer.from('é漢😀')
    for (let split = 1; split < whole.length; split++) {
      const view = new TextView(plain, paint)
      assert.equal(feed(view, whole.subarray(0, split), whole.subarray(split)), 'é漢😀', `split at ${split}`)
    }
  })

  it('shows what is left of one at the end', () => {
    const view = new TextView(plain, paint)
    assert.equal(feed(view, Buffer.from([0x61, 0xc3])), 'a')
    assert.equal(view.finish(), '�')
  })

  it('reads other encodings', () => {
    assert.equal(feed(new TextView({ ...plain, encoding: 'latin1' }, paint), Buffer.from([0xe9])), 'é')
  })

  it('makes control characters visible, unless it is raw', () => {
    assert.equal(feed(new TextView(plain, paint), '\x1b[2J'), '␛[2J')
    assert.equal(feed(new TextView({ ...plain, raw: true }, paint), '\x1b[2J'), '\x1b[2J')
  })

  it('puts the time before each line, wherever the chunks end', () => {
    const expected = '[07:08:09.010] one\r\n[07:08:09.010] two\n\n[07:08:09.010] three'
    const text = 'one\r\ntwo\n\nthree'
    for (let split = 0; split <= text.length; split++) {
      const view = new TextView({ ...plain, timestamps: true }, paint)
      assert.equal(feed(view, text.slice(0, split), text.slice(split)), expected, `split at ${split}`)
    }
  })
})

describe('the hex view', () => {
  const row = '00000000  48 69 0a                                         |Hi.             |'

  it('lays out a row', () => {
    assert.equal(hexRow(0, [0x48, 0x69, 0x0a], 16), row)
    assert.equal(hexRow(0x1f0, [0x7f], 2), '000001f0  7f     |. |')
  })

  it('draws a row anew on a terminal as it grows', () => {
    const view = new HexView(plain, paint, () => 100)
    assert.equal(view.show(Buffer.from('H'), 'in', at(0)), `\r${hexRow(0, [0x48], 16)}\x1b[K`)
    assert.equal(view.show(Buffer.from('i\n'), 'in', at(1)), `\r${row}\x1b[K`)
    assert.equal(view.finish(), '\n')
  })

  it('writes rows into a pipe when they are complete', () => {
    const view = new HexView(plain, paint, undefined)
    assert.equal(view.show(Buffer.from('Hi\n'), 'in', at(0)), '')
    assert.ok(view.pending)
    assert.equal(view.finish(), `${row}\n`)
    assert.ok(!view.pending)
    const many = view.show(Buffer.alloc(40), 'in', at(1))
    assert.deepEqual(
      many.split('\n').map((line) => line.slice(0, 8)),
      ['00000003', '00000013', ''],
    )
    assert.equal(view.finish().slice(0, 8), '00000023')
  })

  it('begins a row after a silence, with its time, and counts each direction for itself', () => {
    const view = new HexView({ ...plain, timestamps: true }, paint, undefined)
    const shown = [
      view.show(Buffer.from('a'), 'in', at(0)),
      view.show(Buffer.from('b'), 'in', at(99)),
      view.show(Buffer.from('c'), 'in', at(300)),
      view.show(Buffer.from('d'), 'out', at(301)),
      view.show(Buffer.from('e'), 'in', at(302)),
      view.finish(),
    ].join('')
    assert.deepEqual(
      shown.split('\n').map((line) => line.slice(0, 29).trim()),
      [
        '[07:08:09.000] 00000000  61 6',
        '[07:08:09.300] 00000002  63',
        '[07:08:09.301] 00000000  64',
        '[07:08:09.302] 00000003  65',
        '',
      ],
    )
  })

  it('has rows that fit into the terminal', () => {
    for (const [columns, length] of [
      [100, 77],
      [79, 45],
      [60, 45],
    ] as const) {
      const view = new HexView(plain, paint, () => columns)
      const [line = ''] = view.show(Buffer.alloc(64), 'in', at(0)).split('\n')
      assert.equal(line.replace('\r', '').replace('\x1b[K', '').length, length, `${columns} columns`)
    }
  })
})
