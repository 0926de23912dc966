import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, openSync, SerialError } from '../../src/index.ts'
import type { PortSettings, TransportSync } from '../../src/index.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { FakeTransport } from '../unit/fake-transport.ts'

/** What a user's own scheme is called with, and what it gave. */
class Radio {
  readonly calls: { url: string; settings: PortSettings; signal: AbortSignal | undefined }[] = []
  readonly transports: FakeTransport[] = []

  readonly connect = (url: string, settings: PortSettings, signal: AbortSignal | undefined) => {
    this.calls.push({ url, settings, signal })
    const transport = new FakeTransport()
    this.transports.push(transport)
    return transport
  }
}

/** A blocking transport that takes everything and gives nothing. */
function sink(path: string, settings: PortSettings): TransportSync {
  const none = new Uint8Array(0)
  return {
    path,
    settings,
    bytesToRead: 0,
    bytesToWrite: 0,
    read: () => none,
    write: ({ byteLength }) => byteLength,
    drain: () => true,
    purge() {},
    reconfigure() {},
    getSignals: () => ({ cts: false, dsr: false, dcd: false, ri: false }),
    setSignals() {},
    close() {},
  }
}

describe('a scheme of the user’s own', () => {
  it('is given the URL as it was written, the settings and the signal', async () => {
    const radio = new Radio()
    const { signal } = new AbortController()
    const transports = { radio: radio.connect }
    await using port = await open('Radio://7?channel=%31', { transports, baudRate: 300, signal })
    assert.equal(await port.write('abc'), 3)
    radio.transports[0]?.arrive('x\n')
    assert.equal(await port.readLine({ timeout: 100 }), 'x')
    const [call] = radio.calls
    assert.deepEqual(
      [call?.url, call?.settings.baudRate, call?.signal],
      ['Radio://7?channel=%31', 300, signal],
    )
    assert.equal(call?.settings.readTimeout, Infinity)
    assert.ok(!('transports' in (call?.settings ?? {})))
  })

  it('may take its time, and fail as it likes', async () => {
    const slow = async () => {
      await sleep(10)
      return new FakeTransport()
    }
    await (await open('slow://', { transports: { slow } })).close()
    const failing = () => {
      throw new SerialError('REMOTE', 'the other end says no')
    }
    assert.equal(
      (await rejectsWith('REMOTE', open('no://', { transports: { no: failing } }))).message,
      'the other end says no',
    )
    throwsWith('REMOTE', () => openSync('no://', { transports: { no: failing } }))
  })

  it('is closed when the opening was aborted meanwhile', async () => {
    const stop = new AbortController()
    const radio = new Radio()
    const connect = async (...call: Parameters<Radio['connect']>) => {
      stop.abort()
      return radio.connect(...call)
    }
    await rejectsWith('ABORTED', open('radio://', { transports: { radio: connect }, signal: stop.signal }))
    assert.ok(radio.transports[0]?.calls.includes('close'))
  })

  it('is there for this call alone, inside other URLs too, and goes before one of ours', async () => {
    const radio = new Radio()
    const transports = { radio: radio.connect, loop: radio.connect }
    for (const url of ['alt://radio://a', 'loop://']) await (await open(url, { transports })).close()
    assert.deepEqual(
      radio.calls.map(({ url }) => url),
      ['radio://a', 'loop://'],
    )
    assert.match((await rejectsWith('UNSUPPORTED', open('radio://a'))).message, /known are alt, hwgrep, loop/)
    assert.match(
      (await rejectsWith('UNSUPPORTED', open('r2d2://a', { transports }))).message,
      /known are alt, hwgrep, loop, radio/,
    )
  })

  it('can block', () => {
    const transports = { sink }
    using port = openSync('sink://x', { transports, readTimeout: 0 })
    assert.equal(port.path, 'sink://x')
    assert.equal(port.write('abc'), 3)
    assert.equal(openSync('alt://sink://y', { transports }).path, 'sink://y')
  })

  it('is refused where it is none', async () => {
    const connect = new Radio().connect
    for (const transports of [
      null,
      1,
      'radio',
      [connect],
      { radio: 1 },
      { Radio: connect },
      { r: connect },
      { 'a b': connect },
      { '': connect },
    ]) {
      const options = { transports } as never
      const { message } = await rejectsWith('INVALID_OPTION', open('radio://', options))
      assert.match(
        message,
        /^transports is .*; allowed: an object of functions, named by schemes in lower case/,
      )
      assert.equal(throwsWith('INVALID_OPTION', () => openSync('radio://', options)).message, message)
    }
    assert.match(
      (await rejectsWith('INVALID_OPTION', open('x', { transport: {} } as never))).message,
      /transports/,
    )
    await rejectsWith('PORT_NOT_FOUND', open('/dev/there-is-none', { transports: undefined }))
  })
})
