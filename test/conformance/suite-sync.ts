import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SerialOptions } from '../../src/index.ts'
import { throwsWith } from './expect.ts'
import type { ConnectionSync, LabSync } from './lab.ts'

/** What every transport must do under a SerialPortSync. */
export function conformanceSync(lab: LabSync): void {
  const using =
    (options: SerialOptions, body: (connection: ConnectionSync) => void | Promise<void>) => async () => {
      const connection = await lab.connect(options)
      try {
        await body(connection)
      } finally {
        await connection.close()
      }
    }

  describe(`${lab.name}: blocking`, () => {
    it(
      'passes every byte value unchanged, both ways',
      using({}, ({ peer, port }) => {
        const all = Uint8Array.from({ length: 256 }, (_, value) => value)
        assert.equal(port.write(all), 256)
        assert.deepEqual(Uint8Array.from(peer.readExactly(256, { timeout: 5000 })), all)
        peer.write(all)
        assert.deepEqual(Uint8Array.from(port.readExactly(256, { timeout: 5000 })), all)
      }),
    )

    it(
      'read() gives what is there, or nothing when the time is up',
      using({ readTimeout: 50 }, ({ peer, port }) => {
        assert.equal(port.read().length, 0)
        assert.equal(port.read({ timeout: 0 }).length, 0)
        peer.write('abc')
        assert.ok(port.read({ timeout: 5000 }).length >= 1)
      }),
    )

    it(
      'a time-out half way loses nothing',
      using({}, ({ peer, port }) => {
        peer.write('abc')
        assert.equal(port.read(5, { timeout: 100 }).toString(), 'abc')
        peer.write('abc')
        assert.equal(throwsWith('TIMEOUT', () => port.readExactly(5, { timeout: 100 })).bytesTransferred, 3)
        peer.write('de')
        assert.equal(port.readExactly(5, { timeout: 5000 }).toString(), 'abcde')
      }),
    )

    it(
      'reads lines and up to delimiters',
      using({}, ({ peer, port }) => {
        peer.write('one\r\ntwo\nthree;four')
        assert.equal(port.readLine({ timeout: 5000 }), 'one')
        assert.equal(port.readLine({ timeout: 5000 }), 'two')
        assert.equal(port.readUntil(';', { timeout: 5000 }).toString(), 'three;')
        assert.equal(port.readUntil(';', { maxBytes: 2 }).toString(), 'fo')
        throwsWith('TIMEOUT', () => port.readLine({ timeout: 20 }))
        assert.equal(port.read(2).toString(), 'ur')
      }),
    )

    it(
      'iterates over lines',
      using({}, ({ peer, port }) => {
        peer.write('a\nb\n')
        const lines: string[] = []
        for (const line of port.lines()) {
          lines.push(line)
          if (line === 'b') break
        }
        assert.deepEqual(lines, ['a', 'b'])
        assert.equal(port.isOpen, true)
      }),
    )

    it(
      'interByteTimeout ends a read that has begun',
      using({ interByteTimeout: 40 }, ({ peer, port }) => {
        peer.write('ab')
        assert.equal(port.read(100, { timeout: 20_000 }).toString(), 'ab')
        assert.equal(port.read(2, { timeout: 100 }).length, 0)
      }),
    )

    it(
      'a write that does not fit says how much did, and the rest is not sent',
      using({}, ({ peer, port }) => {
        const data = Uint8Array.from({ length: 4_000_000 }, (_, index) => index % 251)
        const error = throwsWith('TIMEOUT', () => port.write(data, { timeout: 200 }))
        const sent = error.bytesTransferred ?? -1
        assert.ok(sent > 0 && sent < data.length)
        assert.deepEqual(Uint8Array.from(peer.readExactly(sent, { timeout: 20_000 })), data.subarray(0, sent))
        assert.equal(peer.read({ timeout: 100 }).length, 0)
      }),
    )

    it(
      'drains, purges and reconfigures',
      using({ baudRate: 19200 }, ({ peer, port }) => {
        port.write('old')
        port.drain({ timeout: 5000 })
        peer.readExactly(1, { timeout: 5000 })
        peer.purge('input')
        assert.equal(peer.read({ timeout: 50 }).length, 0)
        port.reconfigure({ baudRate: 57600, readTimeout: 10 })
        assert.equal(port.settings.baudRate, 57600)
        assert.equal(port.read(1).length, 0)
        throwsWith('INVALID_OPTION', () => port.reconfigure({ baudRate: 0.5 }))
        if (!lab.hasControlLines) throwsWith('UNSUPPORTED', () => port.getSignals())
        if (!lab.hasControlLines) throwsWith('UNSUPPORTED', () => port.counters())
        port.sendBreak(5)
      }),
    )

    it(
      'close is final, and may be called again',
      using({}, ({ port }) => {
        port.close()
        port.close()
        assert.equal(port.isOpen, false)
        assert.equal(port.bytesToRead, 0)
        for (const call of [
          () => port.read(),
          () => port.write('x'),
          () => port.drain(),
          () => port.purge(),
        ]) {
          throwsWith('PORT_NOT_OPEN', call)
        }
      }),
    )

    it(
      'an unplugged device is DISCONNECTED, after what had arrived',
      { skip: lab.lacks?.includes('unplugging') === true && 'it can not be unplugged' },
      using({}, async ({ peer, port, unplug }) => {
        peer.write('line\nrest')
        assert.equal(port.readUntil('rest', { timeout: 5000 }).toString(), 'line\nrest')
        peer.write('more')
        throwsWith('TIMEOUT', () => port.readExactly(5, { timeout: 200 }))
        await unplug()
        assert.equal(port.read(100).toString(), 'more')
        throwsWith('DISCONNECTED', () => port.read())
        throwsWith('DISCONNECTED', () => port.readLine())
        throwsWith('DISCONNECTED', () => port.write('x'))
        throwsWith('DISCONNECTED', () => port.drain())
      }),
    )
  })
}
