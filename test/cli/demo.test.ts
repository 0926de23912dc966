import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Running, Terminal, baud } from './support.ts'

describe('baud demo', { concurrency: 3 }, () => {
  it('talks to its instrument, survives time-outs, and accounts for every byte', async () => {
    const { code, stderr, stdout } = await baud(['demo', '--seconds', '1.5', '--json'])
    assert.deepEqual([code, stderr], [0, ''])
    const { agree, bytes, exchanges, readings } = JSON.parse(stdout) as {
      agree: boolean
      readings: number
      bytes: Record<'you' | 'instrument', { sent: number; received: number }>
      exchanges: { kind: string; text: string }[]
    }
    assert.ok(agree)
    assert.ok(readings > 0)
    assert.equal(bytes.you.sent, bytes.instrument.received)
    assert.equal(bytes.you.received, bytes.instrument.sent)
    const asSent = exchanges
      .filter(({ kind }) => kind === 'sent')
      .reduce((sum, { text }) => sum + text.length + 1, 0)
    assert.equal(bytes.you.sent, asSent)
    const told = exchanges.map(({ kind, text }) => `${kind} ${text}`)
    const after = (first: string) => told[told.indexOf(first) + 1]
    assert.equal(after('sent MEAS:TEMP?'), 'timeout TIMEOUT after 250 ms')
    assert.equal(after('sent SYST:ERR?'), 'received -113,"Undefined header"')
    assert.equal(after('timeout TIMEOUT after 200 ms'), 'received 0')
  })

  it('ends by itself without a terminal', async () => {
    const begun = performance.now()
    const { code, stdout } = await baud(['demo'])
    assert.equal(code, 0)
    assert.match(stdout, /✓ this program sent[^]*✓ the instrument sent[^]*baud list/)
    assert.ok(performance.now() - begun > 3500)
  })

  it('runs on a terminal until Ctrl-C, and that is a success', async () => {
    await using terminal = await Terminal.create()
    const before = terminal.settings()
    await using running = terminal.run(['demo'])
    await terminal.hears('10 readings, Ctrl-C ends')
    running.signal('SIGINT')
    assert.equal((await running.ended()).code, 0)
    await terminal.hears('✓ the instrument sent')
    assert.equal(terminal.settings(), before)
  })

  it('accounts for every byte also when it is stopped in the middle of a question', async () => {
    await using running = new Running(['demo'])
    await running.prints('*TST?')
    running.signal('SIGINT')
    const { code, stdout } = await running.ended()
    assert.equal(code, 0)
    assert.match(stdout, /✓ this program sent[^]*✓ the instrument sent/)
  })
})
