import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, openSync } from '../../src/index.ts'
import type { SerialPort, SerialPortSync } from '../../src/index.ts'
import { Pseudo } from '../support/pseudo.ts'
import { givesAllBack } from '../support/resources.ts'
import { within } from '../support/wait.ts'

const limit = { timeout: 20_000 }
const boom = new Error('boom')

/** Whatever the body does to the port, nothing of it may be left at the end. */
function ending(body: (port: SerialPort, far: Pseudo) => Promise<void>): () => Promise<void> {
  return () =>
    givesAllBack(async () => {
      using far = new Pseudo()
      const port = await open(far.path)
      try {
        await within(10_000, body(port, far))
      } finally {
        await port.close()
      }
    })
}

describe('leaving a block early', () => {
  for (const how of ['return', 'throw'] as const) {
    it(`by ${how} closes a port that is bound with await using`, limit, () =>
      givesAllBack(async () => {
        using far = new Pseudo()
        let kept: SerialPort | undefined
        const block = async () => {
          await using port = await open(far.path)
          kept = port
          const reading = port.readLine()
          reading.catch(() => {})
          if (how === 'throw') throw boom
        }
        await block().catch((error: unknown) => assert.equal(error, boom))
        assert.equal(kept?.isOpen, false)
        assert.equal(await kept.closed, undefined)
      }),
    )

    it(`by ${how} closes a blocking port that is bound with using`, limit, () =>
      givesAllBack(() => {
        using far = new Pseudo()
        let kept: SerialPortSync | undefined
        const block = () => {
          using port = openSync(far.path)
          kept = port
          if (how === 'throw') throw boom
        }
        if (how === 'throw') assert.throws(block, boom)
        else block()
        assert.equal(kept?.isOpen, false)
      }),
    )
  }

  it(
    'by break leaves the port open for other reads, which get what the loop has not taken',
    limit,
    ending(async (port, far) => {
      far.send('one\ntwo\nthree\nfour')
      for await (const line of port.lines()) if (line === 'one') break
      assert.ok(port.isOpen)
      assert.equal(await port.readLine(), 'two')
      for await (const chunk of port) {
        assert.equal(chunk.toString(), 'three\nfour')
        break
      }
      far.send('five')
      assert.equal((await port.readExactly(4, { timeout: 5000 })).toString(), 'five')
    }),
  )

  it(
    'by throw does the same',
    limit,
    ending(async (port, far) => {
      far.send('one\ntwo\n')
      const loop = async () => {
        for await (const line of port.lines()) throw new Error(line)
      }
      await assert.rejects(loop(), /one/)
      assert.equal(await port.readLine({ timeout: 5000 }), 'two')
    }),
  )

  it(
    'or an iterator that was never finished, leaves the bytes to the next read once its own has given up',
    limit,
    ending(async (port, far) => {
      const lines = port.lines({ timeout: 50 })
      await assert.rejects(lines.next(), { code: 'TIMEOUT' })
      far.send('late\n')
      assert.equal(await port.readLine({ timeout: 5000 }), 'late')
      assert.deepEqual(await lines.next(), { done: true, value: undefined })
    }),
  )

  it(
    'by close() from within the loop ends it',
    limit,
    ending(async (port, far) => {
      far.send('one\ntwo\n')
      const seen: string[] = []
      for await (const line of port.lines()) {
        seen.push(line)
        await port.close()
      }
      assert.deepEqual(seen, ['one'])
      await sleep(1)
    }),
  )
})
