// Transports of the user's, which may throw anything anywhere.
import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import { open, openSync, SerialPort } from '../../src/index.ts'
import type { PortSettings, SerialError, Transport, TransportSync } from '../../src/index.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { within } from '../support/wait.ts'
import { FakeTransport } from './fake-transport.ts'

// An open transport keeps the process alive; the fake has nothing that would.
const alive = setInterval(() => {}, 1000)
after(() => clearInterval(alive))

const soon = 8000

/** Takes no byte, never ends a write, and throws when it is to. */
class Stubborn extends FakeTransport {
  override write(): Promise<number> {
    return new Promise(() => {})
  }

  override cancelWrite(): void {
    throw new Error('it is off')
  }

  override async close(): Promise<void> {
    this.calls.push('close')
  }
}

it('a cancelWrite() that throws ends the port: every call settles, and so do those of others with the same signal', async () => {
  const [transport, healthy] = [new Stubborn(), new SerialPort(new FakeTransport())]
  const port = new SerialPort(transport)
  const stop = new AbortController()
  const writes = [rejectsWith('ABORTED', port.write('x', { signal: stop.signal }))]
  const other = rejectsWith('ABORTED', healthy.read({ signal: stop.signal }))
  writes.push(rejectsWith('IO', port.write('behind it')))
  stop.abort()
  await within(soon, Promise.all([...writes, other]))
  assert.match(String((await within(soon, port.closed))?.message), /it is off/)
  assert.equal(transport.calls.at(-1), 'close')
  await healthy.close()
})

it('so does one that throws when the time is up', async () => {
  const port = new SerialPort(new Stubborn())
  await within(soon, rejectsWith('TIMEOUT', port.write('x', { timeout: 1 })))
  assert.equal((await within(soon, port.closed))?.code, 'IO')
})

it('a transport that can not be started is given back, and what it says is told with a code', async () => {
  const transport = new FakeTransport()
  transport.start = () => {
    throw new Error('no start')
  }
  const listeners = process.listenerCount('exit')
  const opening = open('radio://7', { transports: { radio: () => transport } })
  assert.match((await rejectsWith('IO', opening)).message, /no start/)
  assert.deepEqual(transport.calls, ['close'])
  assert.equal(process.listenerCount('exit'), listeners)
})

it('what a transport ends with, if no SerialError, is told as one', async () => {
  const transport = new FakeTransport()
  const port = new SerialPort(transport)
  const reading = rejectsWith('IO', port.read())
  transport.sink?.end(new Error('out of tune') as SerialError)
  assert.match((await reading).message, /out of tune/)
  assert.equal((await port.closed)?.code, 'IO')
  await rejectsWith('IO', port.write('x'))
})

it('a write that the transport keeps for ever ends with the port', async () => {
  const transport: Transport = new (class extends Stubborn {
    override cancelWrite(): void {}
  })()
  const port = new SerialPort(transport)
  const calls = [port.write('x'), port.write('y'), port.drain()].map((call): Promise<SerialError> => {
    return rejectsWith('PORT_NOT_OPEN', call)
  })
  await port.close()
  const [under] = await within(soon, Promise.all(calls))
  assert.equal(under?.bytesTransferred, 0)
})

it('a blocking loop over lines waits for ever unless it says otherwise, whatever a read of the port does', () => {
  const waited: number[] = []
  const radio = (_url: string, settings: PortSettings) => {
    const read = (timeout: number) => {
      waited.push(timeout)
      return Buffer.from('a\n')
    }
    return { path: 'radio://7', settings, read, close: () => {} } as Partial<TransportSync> as TransportSync
  }
  using port = openSync('radio://7', { readTimeout: 5, transports: { radio } })
  for (const timeout of [undefined, 50]) assert.equal(port.lines({ timeout }).next().value, 'a')
  assert.equal(waited[0], Infinity)
  assert.ok(waited[1] !== undefined && waited[1] > 5 && waited[1] <= 50, String(waited[1]))
})
