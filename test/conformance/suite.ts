import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SerialOptions } from '../../src/index.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { rejectsWith } from './expect.ts'
import type { Connection, Lab } from './lab.ts'

/** What every transport must do under a SerialPort. One suite, run in every lab. */
export function conformance(lab: Lab): void {
  const using = (options: SerialOptions, body: (connection: Connection) => Promise<void>) => async () => {
    const connection = await lab.connect(options)
    try {
      await body(connection)
    } finally {
      await connection.close()
    }
  }

  describe(`${lab.name}: reading`, () => {
    it(
      'passes every byte value unchanged, both ways',
      using({}, async ({ peer, port }) => {
        const all = Uint8Array.from({ length: 256 }, (_, value) => value)
        await port.write(all)
        assert.deepEqual(Uint8Array.from(await peer.readExactly(256, { timeout: 5000 })), all)
        await peer.write(all)
        assert.deepEqual(Uint8Array.from(await port.readExactly(256, { timeout: 5000 })), all)
      }),
    )

    it(
      'read() waits for a byte and gives what is there',
      using({}, async ({ peer, port }) => {
        const reading = port.read()
        await peer.write('abc')
        assert.ok((await reading).length >= 1)
      }),
    )

    it(
      'read(size) gives fewer after a time-out, and the rest to the next read',
      using({}, async ({ peer, port }) => {
        await peer.write('abc')
        assert.equal((await port.read(5, { timeout: 200 })).toString(), 'abc')
        await peer.write('de')
        assert.equal((await port.read(2, { timeout: 5000 })).toString(), 'de')
        assert.equal((await port.read(0)).length, 0)
      }),
    )

    it(
      'readExactly keeps the bytes of a time-out',
      using({}, async ({ peer, port }) => {
        await peer.write('abc')
        const error = await rejectsWith('TIMEOUT', port.readExactly(5, { timeout: 200 }))
        assert.equal(error.bytesTransferred, 3)
        assert.equal(error.path, port.path)
        await peer.write('de')
        assert.equal((await port.readExactly(5, { timeout: 5000 })).toString(), 'abcde')
      }),
    )

    it(
      'a time-out of 0 does not wait, and lets the event loop go on',
      using({}, async ({ peer, port }) => {
        assert.equal((await port.read(4, { timeout: 0 })).length, 0)
        await rejectsWith('TIMEOUT', port.readLine({ timeout: 0 }))
        await peer.write('abcd')
        let got = 0
        while (got < 4) got += (await port.read(4, { timeout: 0 })).length
        assert.equal(got, 4)
      }),
    )

    it(
      'an aborted read leaves the bytes',
      using({}, async ({ peer, port }) => {
        const stop = new AbortController()
        const reading = port.readExactly(5, { signal: stop.signal })
        await peer.write('abc')
        await until(() => port.bytesToRead === 3)
        stop.abort(new Error('enough'))
        const error = await rejectsWith('ABORTED', reading)
        assert.equal((error.cause as Error).message, 'enough')
        await rejectsWith('ABORTED', port.read({ signal: stop.signal }))
        assert.equal((await port.readExactly(3)).toString(), 'abc')
      }),
    )

    it(
      'reads are served in the order in which they were made',
      using({}, async ({ peer, port }) => {
        const reads = [port.readExactly(2), port.readLine(), port.read(3)]
        await peer.write('12line\nabc')
        assert.deepEqual((await Promise.all(reads)).map(String), ['12', 'line', 'abc'])
      }),
    )

    it(
      'a read behind another takes nothing when its time is up',
      using({}, async ({ peer, port }) => {
        const first = port.readExactly(4)
        await peer.write('ab')
        await until(() => port.bytesToRead === 2)
        assert.equal((await port.read(2, { timeout: 50 })).length, 0)
        await peer.write('cd')
        assert.equal((await first).toString(), 'abcd')
      }),
    )

    it(
      'readUntil finds a delimiter that is cut by chunks, and stops at maxBytes',
      using({}, async ({ peer, port }) => {
        const reading = port.readUntil('\r\n', { timeout: 5000 })
        await peer.write('one\r')
        await sleep(20)
        await peer.write('\ntwo')
        assert.equal((await reading).toString(), 'one\r\n')
        assert.equal((await port.readUntil('\r\n', { maxBytes: 3 })).toString(), 'two')
      }),
    )

    it(
      'readLine strips the line end, and decodes text that is cut by chunks',
      using({}, async ({ peer, port }) => {
        const bytes = Buffer.from('größe\r\n√2\nlast\r')
        for (const byte of bytes) await peer.write(Uint8Array.of(byte))
        assert.equal(await port.readLine({ timeout: 5000 }), 'größe')
        assert.equal(await port.readLine({ timeout: 5000 }), '√2')
        assert.equal(await port.readLine({ timeout: 5000, lineEnd: '\r' }), 'last')
      }),
    )

    it(
      'lines() gives each line and ends when the port is closed',
      using({}, async ({ peer, port }) => {
        await peer.write('a\nb\nc\n')
        const lines: string[] = []
        for await (const line of port.lines()) {
          lines.push(line)
          if (lines.length === 3) void port.close()
        }
        assert.deepEqual(lines, ['a', 'b', 'c'])
      }),
    )

    it(
      'lines() waits for ever, whatever a read of the port does',
      using({ readTimeout: 1 }, async ({ peer, port }) => {
        const next = port.lines().next()
        await sleep(100)
        await peer.write('late\n')
        assert.deepEqual(await next, { done: false, value: 'late' })
        await rejectsWith('TIMEOUT', port.lines({ timeout: 1 }).next())
      }),
    )

    it(
      'sends of an array of a class of its own what stands in it',
      using({}, async ({ peer, port }) => {
        // As one makes a packet: the bytes are copied, whatever else it is made of.
        class Packet extends Uint8Array {
          constructor(bytes: Uint8Array) {
            super(bytes.byteLength)
            this.set(bytes)
          }
        }
        const data = new ByteStream(41).take(200_000)
        const reading = peer.readExactly(data.byteLength, { timeout: 10_000 })
        assert.equal(await port.write(new Packet(data)), data.byteLength)
        assert.ok((await reading).equals(data))
      }),
    )

    it(
      'interByteTimeout ends a read that has begun, and not one that has not',
      using({ interByteTimeout: 60 }, async ({ peer, port }) => {
        assert.equal((await port.read(4, { timeout: 300 })).length, 0)
        const reading = port.read(100, { timeout: 20_000 })
        await peer.write('ab')
        assert.equal((await reading).toString(), 'ab')
      }),
    )

    it(
      'readTimeout is the default of every read',
      using({ readTimeout: 50 }, async ({ peer, port }) => {
        assert.equal((await port.read(4)).length, 0)
        await rejectsWith('TIMEOUT', port.readLine())
        await port.reconfigure({ readTimeout: 5000 })
        await peer.write('late\n')
        assert.equal(await port.readLine(), 'late')
      }),
    )

    it(
      'keeps what arrives while nobody reads, and loses nothing beyond receiveBufferSize',
      using({ receiveBufferSize: 1024 }, async ({ peer, port }) => {
        const data = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
        const writing = peer.write(data)
        await until(() => port.bytesToRead >= 1024)
        await sleep(100)
        assert.deepEqual(Uint8Array.from(await port.readExactly(data.length, { timeout: 20_000 })), data)
        assert.equal(await writing, data.length)
      }),
    )
  })

  describe(`${lab.name}: writing`, () => {
    it(
      'write gives the count, of text in bytes',
      using({}, async ({ peer, port }) => {
        assert.equal(await port.write('√'), 3)
        assert.equal(await port.write(new Uint8Array(0)), 0)
        assert.equal(await port.write(''), 0)
        assert.equal((await peer.readExactly(3, { timeout: 5000 })).toString(), '√')
      }),
    )

    it(
      'writes go out in the order in which they were made',
      using({}, async ({ peer, port }) => {
        const pieces = Array.from({ length: 200 }, (_, index) => `${index} `)
        await Promise.all(pieces.map((piece) => port.write(piece)))
        const all = pieces.join('')
        assert.equal((await peer.readExactly(all.length, { timeout: 5000 })).toString(), all)
      }),
    )

    it(
      'takes a piece of a larger memory',
      using({}, async ({ peer, port }) => {
        await port.write(Buffer.from('xxabcxx').subarray(2, 5))
        assert.equal((await peer.readExactly(3, { timeout: 5000 })).toString(), 'abc')
      }),
    )

    it(
      'drain resolves, also with nothing to send',
      using({}, async ({ peer, port }) => {
        await port.drain()
        await port.write('abc')
        await port.drain({ timeout: 5000 })
        assert.equal(port.bytesToWrite, 0)
        assert.equal((await peer.readExactly(3, { timeout: 5000 })).toString(), 'abc')
      }),
    )

    it(
      'purge drops what has arrived',
      using({}, async ({ peer, port }) => {
        await peer.write('old')
        await until(() => port.bytesToRead === 3)
        await port.purge('input')
        assert.equal(port.bytesToRead, 0)
        await peer.write('new')
        assert.equal((await port.readExactly(3, { timeout: 5000 })).toString(), 'new')
        await port.purge()
        await port.purge('output')
      }),
    )
  })

  describe(`${lab.name}: settings and lines`, () => {
    it(
      'reconfigure changes what it names and keeps the rest, with bytes on their way',
      using({ baudRate: 19200 }, async ({ peer, port }) => {
        await peer.write('before ')
        await peer.drain({ timeout: 5000 })
        await Promise.all([port.reconfigure({ baudRate: 57600 }), peer.reconfigure({ baudRate: 57600 })])
        await peer.write('after')
        assert.equal(port.settings.baudRate, 57600)
        assert.equal(port.settings.dataBits, 8)
        assert.equal((await port.readExactly(12, { timeout: 5000 })).toString(), 'before after')
        await rejectsWith('INVALID_OPTION', port.reconfigure({ baudRate: 0 }))
        assert.equal(port.settings.baudRate, 57600)
      }),
    )

    it(
      lab.hasControlLines ? 'reads the control lines' : 'says UNSUPPORTED for the control lines it has not',
      using({}, async ({ port }) => {
        if (lab.hasControlLines) assert.equal(typeof (await port.getSignals()).cts, 'boolean')
        else await rejectsWith('UNSUPPORTED', port.getSignals())
        if (!lab.hasControlLines) await rejectsWith('UNSUPPORTED', port.counters())
      }),
    )

    it(
      lab.lacks?.includes('break') === true
        ? 'says UNSUPPORTED for the break it has not, and the port still carries bytes'
        : 'sendBreak ends, and the port still carries bytes',
      using({}, async ({ peer, port }) => {
        if (lab.lacks?.includes('break') === true) await rejectsWith('UNSUPPORTED', port.sendBreak(20))
        else await port.sendBreak(20)
        await peer.purge('input')
        await port.write('abc')
        assert.match((await peer.readUntil('abc', { timeout: 5000 })).toString('latin1'), /abc$/)
      }),
    )
  })

  describe(`${lab.name}: the end`, () => {
    it(
      'close settles what is pending, and everything after says PORT_NOT_OPEN',
      using({}, async ({ port }) => {
        const pending = [port.read(), port.readLine(), port.readExactly(3)]
        const results = Promise.all(pending.map((read) => rejectsWith('PORT_NOT_OPEN', read)))
        await port.close()
        await results
        assert.equal(port.isOpen, false)
        assert.equal(await port.closed, undefined)
        for (const call of [
          port.read(),
          port.write('x'),
          port.drain(),
          port.purge(),
          port.setSignals({ dtr: true }),
        ]) {
          await rejectsWith('PORT_NOT_OPEN', call)
        }
        await port.close()
      }),
    )

    it(
      'emits close once, without a reason',
      using({}, async ({ port }) => {
        const reasons: unknown[] = []
        port.on('close', (reason) => reasons.push(reason))
        await Promise.all([port.close(), port.close()])
        assert.deepEqual(reasons, [undefined])
      }),
    )

    it(
      'an unplugged device ends reads with DISCONNECTED, after what had arrived',
      { skip: lab.lacks?.includes('unplugging') === true && 'it can not be unplugged' },
      using({}, async ({ peer, port, unplug }) => {
        await peer.write('last words')
        await until(() => port.bytesToRead === 10)
        const line = port.readLine()
        const closing = new Promise((resolve) => {
          port.once('close', resolve)
        })
        await unplug()
        await rejectsWith('DISCONNECTED', line)
        assert.equal((await port.closed)?.code, 'DISCONNECTED')
        assert.equal(await closing, await port.closed)
        assert.equal(port.isOpen, false)
        assert.equal((await port.read(100)).toString(), 'last words')
        await rejectsWith('DISCONNECTED', port.read())
        await rejectsWith('DISCONNECTED', port.write('x'))
      }),
    )

    it(
      'a signals listener costs no failure, whatever the device has',
      using({}, async ({ peer, port }) => {
        port.on('signals', ignore)
        await sleep(60)
        port.off('signals', ignore)
        await peer.write('ok')
        assert.equal((await port.readExactly(2, { timeout: 5000 })).toString(), 'ok')
      }),
    )
  })
}

function ignore(): void {}

/** Waits for a condition; the test runner's own limit ends it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2)
}
