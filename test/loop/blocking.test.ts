import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openSync } from '../../src/index.ts'
import { throwsWith } from '../conformance/expect.ts'

describe('loop://, blocking', () => {
  it('holds what was sent until it is read, up to receiveBufferSize', () => {
    using port = openSync('loop://', { receiveBufferSize: 10_000 })
    const { bytesTransferred } = throwsWith('TIMEOUT', () =>
      port.write(Buffer.alloc(50_000, 'x'), { timeout: 20 }),
    )
    assert.equal(bytesTransferred, 10_000 + 4096)
    assert.equal(port.bytesToRead, 10_000)
    assert.equal(port.bytesToWrite, 4096)
    assert.equal(port.readExactly(14_096, { timeout: 100 }).length, 14_096)
    assert.equal(port.read({ timeout: 0 }).length, 0)
  })

  it('keeps flow control, and its lines', () => {
    using port = openSync('loop://', { flowControl: 'hardware', rts: false })
    assert.deepEqual(port.getSignals(), { cts: false, dsr: true, dcd: true, ri: false })
    port.write('held')
    throwsWith('TIMEOUT', () => port.drain({ timeout: 20 }))
    port.setSignals({ rts: true })
    port.drain({ timeout: 20 })
    assert.equal(port.read(4, { timeout: 20 }).toString(), 'held')
    port.sendBreak(1)
    assert.deepEqual([...port.read({ timeout: 20 })], [0])
    port.write('gone')
    port.purge()
    assert.equal(port.read({ timeout: 0 }).length, 0)
  })

  it('refuses to block for ever, since nobody else could end that', () => {
    using port = openSync('loop://', { flowControl: 'hardware', rts: false })
    assert.match(throwsWith('UNSUPPORTED', () => port.read()).message, /give it a timeout/)
    const { bytesTransferred } = throwsWith('UNSUPPORTED', () => port.write(Buffer.alloc(5000)))
    assert.equal(bytesTransferred, 4096)
    throwsWith('UNSUPPORTED', () => port.drain())
    port.setSignals({ rts: true })
    assert.equal(port.readExactly(4096).length, 4096)
  })

  it('paced, waits as long as bytes take', () => {
    using port = openSync('loop://?paced', { baudRate: 9600 })
    const begun = performance.now()
    port.write(Buffer.alloc(96))
    // Without a time-out: these bytes are on their way.
    assert.equal(port.readExactly(96).length, 96)
    assert.ok(performance.now() - begun >= 99)
    port.write('x')
    port.drain()
    assert.equal(port.bytesToRead, 1)
  })
})
