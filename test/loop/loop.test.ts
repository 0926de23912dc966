import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import type { InputSignals, LineError } from '../../src/index.ts'
import { loop } from '../../src/virtual/index.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { Child } from '../support/child.ts'
import { givesAllBack } from '../support/resources.ts'
import { eventually, timed, within } from '../support/wait.ts'

const limit = { timeout: 20_000 }

describe('loop://', limit, () => {
  it('carries 10 MB unharmed, with every byte value', async () => {
    await using port = loop()
    const sent = new ByteStream(1)
    const expected = new ByteStream(1)
    const total = 10_000_000
    const writing = port.write(sent.take(total))
    while (expected.position < total) expected.expect(await port.read({ timeout: 5000 }), 'loop')
    assert.equal(await writing, total)
    assert.equal(port.bytesToRead, 0)
  })

  it('takes no more than it can hold while nobody reads, and tells how much', async () => {
    await using port = loop({ receiveBufferSize: 1000 })
    const data = new ByteStream(2).take(100_000)
    const { bytesTransferred = 0 } = await rejectsWith('TIMEOUT', port.write(data, { timeout: 100 }))
    assert.ok(bytesTransferred >= 1000 && bytesTransferred < 20_000, `${bytesTransferred}`)
    const received = await port.readExactly(bytesTransferred, { timeout: 1000 })
    assert.ok(received.equals(data.subarray(0, bytesTransferred)))
    assert.equal((await port.read({ timeout: 50 })).length, 0)
    assert.equal(await port.write('on'), 2)
    assert.equal(String(await port.readExactly(2, { timeout: 1000 })), 'on')
  })

  it('has its outputs on its inputs: RTS on CTS, DTR on DSR', async () => {
    await using port = await open('loop://', { dtr: false })
    assert.deepEqual(await port.getSignals(), { cts: true, dsr: false, dcd: true, ri: false })
    await port.setSignals({ dtr: true, rts: false })
    assert.deepEqual(await port.getSignals(), { cts: false, dsr: true, dcd: true, ri: false })
  })

  it('tells of lines that change, while somebody listens, and only of changes', async () => {
    await using port = loop()
    const seen: InputSignals[] = []
    const listener = (signals: InputSignals) => seen.push(signals)
    port.on('signals', listener)
    await port.setSignals({ rts: false })
    await eventually('the change is told', () => seen.length === 1)
    await port.setSignals({ rts: false, break: false })
    await port.write('x')
    await port.readExactly(1)
    port.off('signals', listener)
    await port.setSignals({ rts: true })
    await sleep(20)
    assert.deepEqual(seen, [{ cts: false, dsr: true, dcd: true, ri: false }])
  })

  for (const [flowControl, line] of [
    ['hardware', 'rts'],
    ['dsr-dtr', 'dtr'],
  ] as const) {
    it(`with ${flowControl} flow control it sends only while ${line.toUpperCase()} is on`, async () => {
      await using port = loop({ flowControl, [line]: false })
      assert.equal(await port.write('waits'), 5)
      assert.equal(port.bytesToWrite, 5)
      await rejectsWith('TIMEOUT', port.drain({ timeout: 30 }))
      const { bytesTransferred } = await rejectsWith(
        'TIMEOUT',
        port.write(Buffer.alloc(5000), { timeout: 30 }),
      )
      assert.equal(bytesTransferred, 4096 - 5)
      assert.equal((await port.read({ timeout: 30 })).length, 0)
      const draining = port.drain({ timeout: 5000 })
      await port.setSignals({ [line]: true })
      await draining
      assert.equal(String((await port.readExactly(4096)).subarray(0, 5)), 'waits')
      await port.setSignals({ [line]: false })
      await port.write('freed')
      await port.reconfigure({ flowControl: 'none' })
      assert.equal(String(await port.readExactly(5, { timeout: 1000 })), 'freed')
    })
  }

  it('with software flow control XOFF stops it and XON lets it go on, and neither arrives', async () => {
    await using port = loop({ flowControl: 'software' })
    assert.equal(await port.write('a\x13b'), 3)
    assert.equal((await port.read(2, { timeout: 30 })).length, 0)
    await port.write('c\x11')
    assert.equal(String(await port.readExactly(3, { timeout: 1000 })), 'abc')
    assert.equal((await port.read({ timeout: 30 })).length, 0)
    await port.reconfigure({ flowControl: 'none' })
    await port.write('\x13\x11')
    assert.deepEqual([...(await port.readExactly(2, { timeout: 1000 }))], [0x13, 0x11])
  })

  it('sends nothing during a break, and receives it as a line error in its place', async () => {
    await using port = loop({ lineErrors: 'report' })
    const errors: LineError[] = []
    port.on('lineError', (error) => errors.push(error))
    await port.write('before')
    await port.drain()
    await port.setSignals({ break: true })
    await port.setSignals({ break: true })
    await port.write('after')
    assert.equal(String(await port.read({ timeout: 1000 })), 'before')
    assert.equal((await port.read({ timeout: 50 })).length, 0)
    await port.setSignals({ break: false })
    assert.equal(String(await port.readExactly(5, { timeout: 1000 })), 'after')
    await port.sendBreak(1)
    await eventually('both are told', () => errors.length === 2)
    assert.deepEqual(errors, [
      { kind: 'break', offset: 6 },
      { kind: 'break', offset: 11 },
    ])
  })

  it('receives a break as a zero byte where line errors are not reported, as from a terminal', async () => {
    await using port = loop()
    await port.write('a')
    await port.sendBreak(1)
    await port.write('b')
    assert.deepEqual([...(await port.readExactly(3, { timeout: 1000 }))], [0x61, 0, 0x62])
  })

  it('purges what has not left, and what was not read', async () => {
    await using port = loop({ flowControl: 'hardware', rts: false })
    await port.write('never sent')
    const stuck = rejectsWith('ABORTED', port.write(Buffer.alloc(5000)))
    await port.purge('output')
    assert.equal((await stuck).bytesTransferred, 4096 - 10)
    assert.equal(port.bytesToWrite, 0)
    await port.setSignals({ rts: true })
    assert.equal((await port.read({ timeout: 30 })).length, 0)
    await port.write('never read')
    await port.purge('input')
    await port.write('new')
    assert.equal(String(await port.readExactly(3, { timeout: 1000 })), 'new')
  })

  it('tells a break in its place, also behind bytes that were purged before anybody had them', async () => {
    await using port = loop({ lineErrors: 'report', receiveBufferSize: 64 })
    const errors: LineError[] = []
    port.on('lineError', (error) => errors.push(error))
    await port.write(Buffer.alloc(4000))
    await eventually('they have arrived', () => port.bytesToRead === 4000)
    await port.purge('input')
    const begin = port.position
    await port.write('ab')
    await eventually('they have arrived', () => port.bytesToRead === 2)
    await port.setSignals({ break: true })
    await eventually('it is told', () => errors.length > 0)
    assert.deepEqual(errors, [{ kind: 'break', offset: begin + 2 }])
  })

  it('purges breaks that nobody has heard of, with the bytes', async () => {
    await using port = loop({ lineErrors: 'report', receiveBufferSize: 64 })
    const errors: LineError[] = []
    port.on('lineError', (error) => errors.push(error))
    await port.write('x'.repeat(100))
    await eventually('it is paused', () => port.bytesToRead > 0)
    await port.sendBreak(1)
    await port.purge('input')
    await port.write('y')
    assert.equal(String(await port.readExactly(1, { timeout: 1000 })), 'y')
    assert.deepEqual(errors, [])
  })

  it('paced, bytes take the time they take on a wire', async () => {
    // 960 characters of 10 bits a second.
    await using port = await open('loop://?paced', { baudRate: 9600 })
    const { ms } = await timed(() => port.write(Buffer.alloc(192, 'x')).then(() => port.drain()))
    assert.ok(ms >= 199, `192 characters had left after ${ms} ms`)
    assert.equal(port.bytesToRead, 192)
    await port.purge()
    const late = await timed(() => rejectsWith('TIMEOUT', port.write(Buffer.alloc(5000), { timeout: 100 })))
    const { bytesTransferred = 0 } = late.result
    assert.ok(
      bytesTransferred >= 4096 && bytesTransferred < 4098 + late.ms * 0.96,
      `${bytesTransferred} were taken`,
    )
    await port.purge()
    // With two stop bits, parity and a lower speed: 12 bits a character, 100 characters a second.
    await port.reconfigure({ baudRate: 1200, parity: 'even', stopBits: 2 })
    const slower = await timed(() => port.write('0123456789').then(() => port.drain()))
    assert.ok(slower.ms >= 99, `10 characters had left after ${slower.ms} ms`)
  })

  it('refuses bad options', () => {
    throwsWith('INVALID_OPTION', () => loop({ paced: 1 as never }))
    throwsWith('INVALID_OPTION', () => loop({ baudRate: 0 }))
    throwsWith('INVALID_OPTION', () => loop(null as never))
    throwsWith('INVALID_OPTION', () => loop([] as never))
  })

  it('gives everything back, also with calls pending', () =>
    givesAllBack(async () => {
      for (let round = 0; round < 300; round++) {
        const port = loop({ flowControl: 'hardware', rts: false })
        const calls = [port.read(), port.write(Buffer.alloc(10_000)), port.drain()]
        const failures = Promise.all(calls.map((call) => rejectsWith('PORT_NOT_OPEN', call)))
        await port.close()
        await failures
      }
    }))
})

describe('a process with loop://', limit, () => {
  it('stays alive while it is open', async () => {
    await using child = new Child('scenario', 'open', 'loop://')
    assert.equal(await child.line(), 'ready')
    let ended = false
    void child.ended.then(() => (ended = true))
    await sleep(400)
    assert.equal(ended, false)
  })

  for (const scenario of [
    'unreferenced',
    'unreferenced, then a write gets stuck',
    'closed',
    'open, but blocking',
  ]) {
    it(`ends by itself when it is ${scenario}`, async () => {
      for (const url of ['loop://', 'loop://?paced']) {
        await using child = new Child('scenario', scenario, url)
        const { code, stderr, stdout } = await within(5000, child.ended)
        assert.deepEqual([code, stderr, stdout], [0, '', 'ready\n'])
      }
    })
  }
})
