import assert from 'node:assert/strict'
import { TextDecoderStream, TransformStream, WritableStream } from 'node:stream/web'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, SerialPort } from '../../src/index.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { Pseudo } from '../support/pseudo.ts'
import { givesAllBack } from '../support/resources.ts'
import { eventually, within } from '../support/wait.ts'
import { FakeTransport } from '../unit/fake-transport.ts'

const limit = { timeout: 20_000 }
const tooMuch = new ByteStream(1).take(1_000_000)

/** The body is to end the port by way of its streams; afterwards it is closed, and nothing is left. */
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

/** A sink that stops after so many chunks. */
function stopping(chunks: string[], after: number, how: (chunk: string) => void): WritableStream<string> {
  return new WritableStream({
    write(chunk) {
      chunks.push(chunk)
      if (chunks.length === after) how(chunk)
    },
  })
}

describe('the Web streams of a port', () => {
  it(
    'send all that is written, and close the port when that is closed',
    limit,
    ending(async (port, far) => {
      const writer = port.writable.getWriter()
      void writer.write(tooMuch)
      void writer.write('the end')
      const closing = writer.close()
      const all = Buffer.concat([tooMuch, Buffer.from('the end')])
      const arrived = await far.takeAll(all.byteLength)
      await closing
      assert.ok(arrived.equals(all))
    }),
  )

  it(
    'give what a reader had asked for who has let go of it, also when the device is gone',
    limit,
    async () => {
      using far = new Pseudo()
      await using port = await open(far.path)
      const reader = port.readable.getReader()
      const asked = assert.rejects(reader.read(), TypeError)
      // Until the stream has asked the port.
      await sleep(20)
      reader.releaseLock()
      await asked
      far.send('answer')
      await eventually('it has been taken', () => port.position === 6)
      far.unplug()
      await within(10_000, port.closed)
      const next = port.readable.getReader()
      assert.equal(String(Buffer.from((await next.read()).value ?? [])), 'answer')
      await rejectsWith('DISCONNECTED', next.read())
    },
  )

  it(
    'leave the port open for the reader when the writer is done, and close it with him',
    limit,
    ending(async (port, far) => {
      const reader = port.readable.getReader()
      await port.writable.close()
      assert.ok(port.isOpen)
      far.send('still here')
      assert.equal(Buffer.from((await reader.read()).value ?? []).toString(), 'still here')
      await reader.cancel()
    }),
  )

  it(
    'close the port when the sink of a pipe fails',
    limit,
    ending(async (port, far) => {
      const chunks: string[] = []
      const sink = stopping(chunks, 1, () => {
        throw new Error('boom')
      })
      far.send('hello')
      await assert.rejects(port.readable.pipeThrough(new TextDecoderStream()).pipeTo(sink), /boom/)
      assert.deepEqual(chunks, ['hello'])
    }),
  )

  it(
    'close the port when a transform fails',
    limit,
    ending(async (port, far) => {
      const transform = new TransformStream({
        transform() {
          throw new Error('boom')
        },
      })
      far.send('hello')
      await assert.rejects(port.readable.pipeThrough(transform).pipeTo(new WritableStream()), /boom/)
    }),
  )

  it(
    'close the port when a pipe is aborted',
    limit,
    ending(async (port) => {
      const stop = new AbortController()
      const piping = port.readable.pipeTo(new WritableStream(), { signal: stop.signal })
      setTimeout(() => stop.abort(), 20)
      await assert.rejects(piping, { name: 'AbortError' })
    }),
  )

  it(
    'close the port when the reader cancels, with a read pending',
    limit,
    ending(async (port) => {
      const reader = port.readable.getReader()
      const reading = reader.read()
      await sleep(10)
      await reader.cancel()
      assert.deepEqual(await reading, { done: true, value: undefined })
    }),
  )

  it(
    'close the port when the reader leaves the loop',
    limit,
    ending(async (port, far) => {
      far.send('hello')
      for await (const chunk of port.readable) {
        assert.equal(Buffer.from(chunk).toString(), 'hello')
        break
      }
    }),
  )

  it(
    'end a stuck write at once when the writer aborts',
    limit,
    ending(async (port) => {
      const writer = port.writable.getWriter()
      const writing = assert.rejects(writer.write(tooMuch))
      const closed = assert.rejects(writer.closed)
      await sleep(20)
      const aborting = writer.abort(new Error('enough'))
      await within(500, writing)
      await within(3000, aborting)
      await closed
    }),
  )

  it(
    'end a stuck pipe when the port is closed',
    limit,
    ending(async (port) => {
      const stop = new AbortController()
      const source = new TransformStream<Uint8Array, Uint8Array>()
      const feeding = source.writable.getWriter().write(tooMuch)
      const ended = assert.rejects(source.readable.pipeTo(port.writable, { signal: stop.signal }))
      await sleep(50)
      // By the standard, a pipe that is aborted waits for the write under way all the same; the port's end ends that.
      stop.abort()
      await port.close()
      await within(500, ended)
      await feeding.catch(() => {})
    }),
  )

  it(
    'end in the regular way when the port is closed',
    limit,
    ending(async (port, far) => {
      const chunks: string[] = []
      const piping = port.readable
        .pipeThrough(new TextDecoderStream())
        .pipeTo(stopping(chunks, 1, () => void port.close()))
      far.send('hello')
      await within(3000, piping)
      assert.deepEqual(chunks, ['hello'])
      await rejectsWith('PORT_NOT_OPEN', port.read())
    }),
  )

  it(
    'give an echo through a pipe both ways',
    limit,
    ending(async (port, far) => {
      const piping = port.readable.pipeTo(port.writable)
      const ended = piping.catch((error: { code?: string }) => assert.equal(error.code, 'PORT_NOT_OPEN'))
      for (const text of ['one', 'two', 'three']) {
        far.send(text)
        await sleep(10)
      }
      const echoed = await far.takeAll(11)
      assert.equal(echoed.toString(), 'onetwothree')
      await port.close()
      await within(500, ended)
    }),
  )

  it('wait with the end of what is written until the last bit has left', limit, async () => {
    // A pseudo-terminal has no wire, and its output is gone at once.
    const transport = new FakeTransport()
    await using port = new SerialPort(transport)
    const writer = port.writable.getWriter()
    await writer.write('the end')
    let ended = false
    const closing = writer.close().then(() => (ended = true))
    await eventually('it asks for the drain', () => transport.calls.includes('drain'))
    await sleep(10)
    assert.equal(ended, false)
    transport.finishDrain()
    await within(1000, closing)
  })
})
