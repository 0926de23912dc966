import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough, Readable, Transform, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, SerialPort } from '../../src/index.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { moreThanFits, Pseudo } from '../support/pseudo.ts'
import { givesAllBack } from '../support/resources.ts'
import { eventually, within } from '../support/wait.ts'
import { FakeTransport } from '../unit/fake-transport.ts'

const limit = { timeout: 20_000 }
const tooMuch = new ByteStream(1).take(1_000_000)

/** The body is to end the port by way of its stream; afterwards it is closed, and nothing is left. */
function ending(body: (port: SerialPort, far: Pseudo) => Promise<void>): () => Promise<void> {
  return () =>
    givesAllBack(async () => {
      using far = new Pseudo()
      await using port = await open(far.path)
      await within(10_000, body(port, far))
      assert.equal(await within(3000, port.closed), undefined)
      assert.equal(port.isOpen, false)
    })
}

describe('the Node stream of a port, in a pipeline', () => {
  it(
    'sends all that goes in, waiting for the device where it must',
    limit,
    ending(async (port, far) => {
      const sending = pipeline(Readable.from(tooMuch, { objectMode: false }), port.toDuplex())
      assert.ok((await far.takeAll(tooMuch.byteLength)).equals(tooMuch))
      await sending
      await port.close()
    }),
  )

  it(
    'closes the port when the pipeline that reads it is aborted',
    limit,
    ending(async (port, far) => {
      const stop = new AbortController()
      const sink = new PassThrough()
      const piping = pipeline(port.toDuplex(), sink, { signal: stop.signal })
      far.send('hello')
      assert.equal(String((await once(sink, 'data'))[0]), 'hello')
      stop.abort()
      await assert.rejects(piping, { name: 'AbortError' })
    }),
  )

  it(
    'closes the port when a transform fails',
    limit,
    ending(async (port, far) => {
      const failing = new Transform({ transform: (_chunk, _encoding, done) => done(new Error('boom')) })
      const piping = pipeline(port.toDuplex(), failing, new PassThrough().resume())
      far.send('hello')
      await assert.rejects(piping, /boom/)
    }),
  )

  it(
    'closes the port when the source fails while a write is stuck',
    limit,
    ending(async (port) => {
      const source = new PassThrough()
      source.write(tooMuch)
      const piping = pipeline(source, port.toDuplex())
      setTimeout(() => source.destroy(new Error('boom')), 50)
      await assert.rejects(piping, /boom/)
    }),
  )

  it(
    'closes the port when it is destroyed, with a read pending and a write stuck',
    limit,
    ending(async (port) => {
      const stream = port.toDuplex().resume()
      const writing = new Promise((resolve) => stream.write(tooMuch, resolve))
      await sleep(20)
      stream.destroy()
      await once(stream, 'close')
      assert.ok((await writing) instanceof Error)
    }),
  )

  it(
    'closes the port when it is destroyed with an error, and says that one',
    limit,
    ending(async (port) => {
      const stream = port.toDuplex()
      stream.destroy(new Error('boom'))
      await assert.rejects(finished(stream), /boom/)
    }),
  )

  it(
    'closes the port when its reader leaves the loop',
    limit,
    ending(async (port, far) => {
      far.send('hello')
      for await (const chunk of port.toDuplex()) {
        assert.equal(String(chunk), 'hello')
        break
      }
    }),
  )

  it(
    'ends in the regular way when the port is closed',
    limit,
    ending(async (port, far) => {
      const chunks: string[] = []
      const sink = new Writable({
        write: (chunk: Buffer, _encoding, done) => (chunks.push(chunk.toString()), done()),
      })
      const piping = pipeline(port.toDuplex(), sink)
      far.send('hello')
      await eventually('it arrives', () => chunks.length > 0)
      await port.close()
      await piping
      assert.deepEqual(chunks, ['hello'])
    }),
  )

  it(
    'waits with its end until all has left',
    limit,
    ending(async (port, far) => {
      const stream = port.toDuplex()
      const data = tooMuch.subarray(0, moreThanFits)
      stream.end(data)
      let done = false
      const writing = finished(stream, { readable: false }).then(() => (done = true))
      await sleep(50)
      assert.equal(done, false, 'it ended before the device had taken all')
      assert.ok((await far.takeAll(data.byteLength)).equals(data))
      await writing
      await port.close()
    }),
  )

  it('waits with its end until the last bit has left', limit, async () => {
    // A pseudo-terminal has no wire, and its output is gone at once.
    const transport = new FakeTransport()
    await using port = new SerialPort(transport)
    const stream = port.toDuplex()
    let ended = false
    const finishing = finished(stream, { readable: false }).then(() => (ended = true))
    stream.end('the end')
    await eventually('it asks for the drain', () => transport.calls.includes('drain'))
    await sleep(10)
    assert.equal(ended, false)
    transport.finishDrain()
    await within(1000, finishing)
  })
})
