// One writer at a time, and others who watch.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { open } from '../../src/index.ts'
import { loop } from '../../src/virtual/index.ts'
import { Served } from '../rfc2217/served.ts'
import { FaultyNetwork } from '../support/faulty-network.ts'
import { Pseudo } from '../support/pseudo.ts'
import { eventually } from '../support/wait.ts'
import { Serving } from './serving.ts'

const limit = { timeout: 60_000, concurrency: 4 }

describe('a shared port', limit, () => {
  it('has bytes both ways, over each door', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0', websocket: '0' })
    const { device } = serving
    assert.ok(device)
    {
      await using port = await open(serving.url('rfc2217'))
      await port.write(Uint8Array.of(0, 255, 255, 10))
      assert.deepEqual([...(await device.readExactly(4, { timeout: 5000 }))], [0, 255, 255, 10])
      await device.write(Uint8Array.of(255, 1))
      assert.deepEqual([...(await port.readExactly(2, { timeout: 5000 }))], [255, 1])
    }
    {
      await using port = await open(serving.url('tcp'))
      await port.write('over TCP')
      assert.equal(String(await device.readExactly(8, { timeout: 5000 })), 'over TCP')
      await device.write('and back')
      assert.equal(String(await port.readExactly(8, { timeout: 5000 })), 'and back')
    }
    const socket = new WebSocket(`ws://${serving.place('websocket')}`)
    const heard: Buffer[] = []
    socket.on('message', (data: Buffer) => heard.push(data))
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send('as text, ')
    socket.send(Buffer.from('and binary'))
    assert.equal(String(await device.readExactly(19, { timeout: 5000 })), 'as text, and binary')
    await device.write('back')
    await eventually('it is heard', () => Buffer.concat(heard).toString() === 'back')
    socket.close()
    await serving.logs(/websocket 127\.0\.0\.1:\d+ gone/)
  })

  it('is the first one’s to write; others hear everything, and are refused the rest', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0' })
    const { device } = serving
    assert.ok(device)
    await using writer = await open(serving.url('rfc2217'), { baudRate: 115200 })
    await using watcher = await open(serving.url('rfc2217'), { baudRate: 4800 })
    using raw = await serving.connect('tcp')
    // The truth, and not what was asked for.
    assert.equal(watcher.settings.baudRate, 115200)
    await watcher.setSignals({ dtr: false }).catch(() => {})
    await watcher.write('not this')
    raw.socket.write('nor this')
    await serving.logs(/tcp \S+ refused: 8 bytes/)
    await serving.logs(/rfc2217 \S+ refused: 8 bytes/)
    await serving.logs(/rfc2217 \S+ refused: baud 4800/)
    await writer.write('but this')
    assert.equal(String(await device.readExactly(8, { timeout: 5000 })), 'but this')
    await device.write('for all')
    assert.equal(String(await writer.readExactly(7, { timeout: 5000 })), 'for all')
    assert.equal(String(await watcher.readExactly(7, { timeout: 5000 })), 'for all')
    await raw.hears('for all')
    assert.equal(device.bytesToRead, 0)
  })

  it('is the next one’s when the writer has gone, with the settings as they were', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0', baud: '19200', parity: 'even' })
    const { device } = serving
    assert.ok(device)
    const writer = await open(serving.url('rfc2217'), { baudRate: 115200 })
    await using next = await open(serving.url('rfc2217'), {
      baudRate: 115200,
      parity: 'none',
    })
    using last = await serving.connect('tcp')
    await serving.logs(/tcp \S+ watches/)
    await writer.close()
    await eventually('the next is the writer', () => count(serving, /became writer/) === 2)
    await next.write('mine now')
    assert.equal(String(await device.readExactly(8, { timeout: 5000 })), 'mine now')
    await next.reconfigure({ dataBits: 7 })
    assert.equal(next.settings.dataBits, 7)
    last.socket.write('no')
    await serving.logs(/tcp \S+ refused: 2 bytes/)
  })

  it('takes what a client says that comes while the one before it goes', async () => {
    await using serving = await Serving.begin({ tcp: '0', rfc2217: '0' })
    const { device } = serving
    assert.ok(device)
    for (let round = 0; round < 20; round++) {
      using client = await serving.connect(round % 2 === 0 ? 'tcp' : 'rfc2217')
      client.socket.write('x')
      assert.equal(String(await device.readExactly(1, { timeout: 5000 })), 'x')
    }
    assert.equal(count(serving, /refused/), 0)
  })

  it('is for one alone with watchers = no', async () => {
    await using serving = await Serving.begin({ tcp: '0', watchers: 'no' })
    using first = await serving.connect('tcp')
    await serving.logs(/became writer/)
    using second = await serving.connect('tcp')
    await second.closed()
    await serving.logs(/refused: another client has the port/)
    first.socket.destroy()
    await serving.logs(/gone/)
    using third = await serving.connect('tcp')
    await sleep(50)
    assert.equal(third.isClosed, false)
  })
})

describe('when a writer goes', limit, () => {
  it('DTR and RTS drop, a break ends, and the settings are put back; for the next they are raised', async () => {
    await using shared = loop()
    await using served = await Served.begin(shared)
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0' }, { port: served.url })
    let levels: boolean[] = []
    const look = async () => {
      const { cts, dsr } = await shared.getSignals()
      levels = [dsr, cts]
    }
    const looking = setInterval(() => void look(), 2)
    const become = (wanted: boolean[]) =>
      eventually(`DTR and RTS are ${wanted.join()}`, () => levels.join() === wanted.join())
    // Nobody is there yet.
    await become([false, false])
    for (let round = 0; round < 2; round++) {
      serving.log.length = 0
      const port = await open(serving.url('rfc2217'), { baudRate: 115200, parity: 'odd' })
      await become([true, true])
      await port.setSignals({ rts: false, break: true })
      await become([true, false])
      assert.equal(shared.settings.baudRate, 115200)
      await port.close()
      await become([false, false])
      await eventually('it has gone', () => count(serving, / gone/) === 1)
      assert.deepEqual([shared.settings.baudRate, shared.settings.parity], [9600, 'none'])
      // A break would stop it.
      using raw = await serving.connect('tcp')
      await become([true, true])
      raw.socket.write('round')
      await raw.hears('round')
      raw.socket.destroy()
      await become([false, false])
      await eventually('it has gone', () => count(serving, / gone/) === 2)
    }
    clearInterval(looking)
  })

  it('who asks for DTR as it is being raised is told that it is on', async () => {
    await using inner = await Serving.begin({ rfc2217: '0' }, { port: 'loop://' })
    await using network = await FaultyNetwork.to(inner.number('rfc2217'))
    const url = `rfc2217://127.0.0.1:${network.number}?timeout=20`
    await using outer = await Serving.begin({ rfc2217: '0' }, { port: url })
    network.delay = 200
    using client = await outer.connect('rfc2217')
    // SET-CONTROL, and the request of DTR. Source: RFC 2217, section 3.
    client.socket.write(Uint8Array.of(255, 250, 44, 5, 7, 255, 240))
    await client.hears('\xff\xfa\x2c\x69')
    await client.hears('\xff\xfa\x2c\x69\x08\xff\xf0')
  })

  it('with dtr = no and rts = no they stay off', async () => {
    await using shared = loop()
    await using served = await Served.begin(shared)
    const keys = { tcp: '0', dtr: 'no', rts: 'no' }
    await using serving = await Serving.begin(keys, { port: served.url })
    using client = await serving.connect('tcp')
    await serving.logs(/became writer/)
    await sleep(50)
    const { cts, dsr } = await shared.getSignals()
    assert.equal(client.isClosed, false)
    assert.deepEqual([dsr, cts], [false, false])
  })

  it('what the device does not take is dropped, and the log says how much', async () => {
    using stuck = new Pseudo()
    const keys = { tcp: '0', baud: '1000000', 'stall-timeout': '0.3' }
    await using serving = await Serving.begin(keys, { port: stuck.path })
    using first = await serving.connect('tcp')
    first.socket.write(new Uint8Array(500_000))
    await serving.logs(/became writer/)
    await sleep(100)
    first.socket.destroy()
    using second = await serving.connect('tcp')
    // Behind so much the end of the first is not seen; that nothing moves is.
    await serving.logs(/cut off: the device takes nothing of it, and others have waited 0\.3 s/)
    second.socket.write('mine')
    await serving.logs(/tcp \S+ not sent: \d{5,6} bytes/)
    await eventually('the next has its turn', () => count(serving, /became writer/) === 2)
    let came = Buffer.alloc(0)
    await eventually('what the next sends', () => {
      came = Buffer.concat([came, stuck.take()])
      return came.includes('mine')
    })
    assert.ok(came.length < 450_000, `${came.length} bytes`)
  })

  it('so is it when a second client is refused meanwhile', async () => {
    using stuck = new Pseudo()
    const keys = { rfc2217: '0', baud: '1000000', watchers: 'no', 'stall-timeout': '0.3' }
    await using serving = await Serving.begin(keys, { port: stuck.path })
    using first = await serving.connect('rfc2217')
    first.socket.write(new Uint8Array(1_000_000))
    await serving.logs(/became writer/)
    await sleep(700)
    assert.equal(count(serving, /cut off/), 0)
    using second = await serving.connect('rfc2217')
    await second.closed()
    await serving.logs(/cut off: the device takes nothing of it/)
    await serving.logs(/not sent: \d{5,6} bytes/)
    await serving.logs(/ gone/)
    using third = await serving.connect('rfc2217')
    await eventually('its turn', () => count(serving, /became writer/) === 2)
    assert.equal(third.isClosed, false)
  })

  it('what the device takes slowly is not dropped, however much it is', async () => {
    using slow = new Pseudo()
    const keys = { tcp: '0', baud: '1000000', 'stall-timeout': '1' }
    await using serving = await Serving.begin(keys, { port: slow.path })
    using writer = await serving.connect('tcp')
    await serving.logs(/became writer/)
    using next = await serving.connect('tcp')
    await serving.logs(/watches/)
    const total = 300_000
    writer.socket.write(new Uint8Array(total))
    let came = 0
    const take = () => (came += slow.take(4000).byteLength) === total || writer.isClosed
    // What a client sends at once takes longer than the time-out.
    while (!take()) await sleep(100)
    assert.equal(came, total, serving.log.at(-1))
    assert.ok(!next.isClosed)
  })
})

function count(serving: Serving, wanted: RegExp): number {
  return serving.log.filter((line) => wanted.test(line)).length
}
