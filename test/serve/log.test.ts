import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Log } from '../../src/serve/index.ts'

describe('what clients say', () => {
  for (const format of ['text', 'json'] as const) {
    it(`stands in the log in printable ASCII: ${format}`, () => {
      const lines: string[] = []
      const log = new Log(format, (line) => void lines.push(line))
      const said = 'the origin \u009b2J\u001b[31m\n\u007f\u202e\u{1F600}'
      log.tell({ port: 'loop://', door: 'websocket' }, 'refused', said)
      const [line = ''] = lines
      assert.match(line, /^[\x20-\x7e]+\n$/)
      if (format === 'json') assert.equal((JSON.parse(line) as { detail: string }).detail, said)
    })
  }
})
