// What the port receives is given out at the pace of those who take it.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import { Log, readShare } from '../../src/serve/index.ts'
import { SharedPort } from '../../src/serve/shared-port.ts'
import { createPair } from '../support/pair.ts'
import { eventually } from '../support/wait.ts'

const limit = { timeout: 60_000 }

describe('a writer for which the port is held up', limit, () => {
  it('is cut off when it takes nothing, and not when it takes its time', async () => {
    await using pair = await createPair()
    await using device = await open(pair.b)
    const keys = { tcp: '0', 'max-buffer': '2097152', 'stall-timeout': '2' }
    const given = Object.entries(keys).map(([key, text]) => ({ key, text, where: key }))
    const share = readShare(pair.a, given, 'test')
    const { signal } = new AbortController()
    const shared = await SharedPort.open(share, new Log('text', () => {}), signal)
    const [writer, watcher] = [shared.join({ port: 'the writer' }), shared.join({ port: 'the watcher' })]
    assert.ok(writer && watcher)
    let reason = ''
    writer.once('cut', (why) => (reason = why))
    const over = new AbortController()
    const watching = (async () => {
      for (;;) await watcher.read({ signal: over.signal })
    })().catch(() => {})
    const sending = device.write(Buffer.alloc(8_000_000), { timeout: Infinity }).catch(() => {})
    await eventually('the port is held up', () => writer.bytesToRead >= 2_097_152, 20_000)
    try {
      // Half of what waits takes longer than the time-out.
      for (let read = 0; read < 20; read++) {
        await writer.read({ signal })
        await sleep(200)
      }
      assert.equal(reason, '')
      await eventually('it is cut off', () => reason !== '', 20_000)
      assert.equal(reason, 'it takes nothing, and others have waited 2 s for it')
    } finally {
      over.abort()
      await Promise.all([watching, writer.leave(), watcher.leave()])
      await shared.close()
      await device.close()
      await sending
    }
  })
})
