// What a client has written before it went leaves, as long as it moves.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { open } from '../../src/index.ts'
import { lingering } from '../../src/rfc2217/server/index.ts'
import { loop } from '../../src/virtual/index.ts'
import { Served } from '../rfc2217/served.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { moreThanFits, Pseudo } from '../support/pseudo.ts'
import { eventually, timed } from '../support/wait.ts'
import { Serving } from './serving.ts'

const limit = { timeout: 60_000, concurrency: 5 }

/** What a line at 57,600 bit/s has for seven seconds. */
const data = new ByteStream(7).take(40_000)

/** A line that takes its time, and gives back what it is sent. */
const slow = { port: 'loop://?paced' }

/** Writes it all and goes. */
const writers: Readonly<Record<string, (serving: Serving) => Promise<void>>> = {
  async tcp(serving) {
    await using port = await open(serving.url('tcp'))
    await port.write(data)
  },
  async rfc2217(serving) {
    await using port = await open(serving.url('rfc2217'), { baudRate: 57_600 })
    await port.write(data)
    await port.drain()
  },
  async websocket(serving) {
    const socket = new WebSocket(`ws://${serving.place('websocket')}`)
    await once(socket, 'open')
    socket.send(data)
    socket.close()
    await once(socket, 'close')
  },
}

/** A word of each kind of client; over RFC 2217, behind a setting: WILL COM-PORT-OPTION, SET-BAUDRATE. */
const words: Readonly<Record<string, Buffer>> = {
  tcp: Buffer.from('tcp'),
  rfc2217: Buffer.concat([
    Buffer.of(255, 251, 44, 255, 250, 44, 1, 0, 0, 0x4b, 0, 255, 240),
    Buffer.from('rfc2217'),
  ]),
}

describe('what a client has written before it went', limit, () => {
  for (const [kind, write] of Object.entries(writers)) {
    it(`leaves, also while others wait: ${kind}`, async () => {
      await using serving = await Serving.begin(
        { [kind]: '0', tcp: '0', baud: '57600', 'stall-timeout': '60' },
        slow,
      )
      const writing = write(serving)
      await serving.logs(/became writer/)
      using next = await serving.connect('tcp')
      await serving.logs(/watches/)
      await writing
      next.socket.write('.')
      await eventually('the next has its turn, and its word leaves', () => next.heard.at(-1) === 0x2e, 20_000)
      await serving.logs(
        new RegExp(`${kind} \\S+ leaves behind: \\d{5} bytes for the device, which takes \\d s`),
      )
      assert.equal(serving.log.filter((line) => /not sent|refused|cut off/.test(line)).length, 0)
    })
  }

  it('is waited for by an opening, whose time-out is shorter', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', baud: '9600' }, slow)
    const former = await open(serving.url('rfc2217'))
    await former.write(data.subarray(0, 8000))
    await former.close()
    await using next = await open(`rfc2217://${serving.place('rfc2217')}?timeout=4`)
    await serving.logs(/rfc2217 \S+ waits: \d{4} bytes of 127\.0\.0\.1:\d+ still leave/)
    await next.reconfigure({ baudRate: 57_600 })
    await serving.logs(/rfc2217 \S+ set: baud 57600/)
  })

  it('concerns nobody who has not waited for it', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0', baud: '9600' }, slow)
    {
      await using former = await open(serving.url('tcp'))
      await former.write(data.subarray(0, 4000))
    }
    // The next that has it.
    using stays = await serving.connect('tcp')
    await serving.logs(/waits/)
    using asks = await serving.connect('rfc2217')
    using writes = await serving.connect('tcp')
    // SET-BAUDRATE. Source: RFC 2217, section 3.
    asks.socket.end(Uint8Array.of(255, 250, 44, 1, 0, 0, 4, 176, 255, 240))
    writes.socket.end('late')
    await serving.logs(/tcp \S+ not sent: 4 bytes/)
    await eventually('all have gone', () => serving.log.filter((line) => / gone$/m.test(line)).length === 3)
    assert.ok(!serving.log.some((line) => /refused/.test(line)))
    assert.ok(!stays.isClosed)
  })

  it('is given up when the line would have had time for it', async () => {
    using stuck = new Pseudo()
    await using serving = await Serving.begin({ tcp: '0', baud: '1000000' }, { port: stuck.path })
    using writer = await serving.connect('tcp')
    writer.socket.end(Buffer.alloc(100_000))
    await serving.logs(/tcp \S+ not sent: \d{5} bytes/)
    await serving.logs(/ gone/)
  })

  it('is given up when the device takes nothing of it and others wait', async () => {
    using stuck = new Pseudo()
    const keys = { tcp: '0', baud: '115200', 'stall-timeout': '1' }
    await using serving = await Serving.begin(keys, { port: stuck.path })
    using writer = await serving.connect('tcp')
    writer.socket.end(Buffer.alloc(100_000))
    await serving.logs(/became writer/)
    await sleep(4000)
    assert.ok(!serving.log.some((line) => /not sent/.test(line)))
    using next = await serving.connect('tcp')
    await serving.logs(/tcp \S+ not sent: \d{5} bytes/)
    await serving.logs(/ gone/)
    assert.ok(!next.isClosed)
  })

  it('is not given up on a line that takes longer for a piece than the time-out', async () => {
    await using serving = await Serving.begin({ tcp: '0', baud: '9600', 'stall-timeout': '1' }, slow)
    using writer = await serving.connect('tcp')
    await serving.logs(/became writer/)
    using next = await serving.connect('tcp')
    await serving.logs(/watches/)
    writer.socket.end(data.subarray(0, 9000))
    await serving.logs(/leaves behind/)
    await eventually('all of it', () => next.received === 9000, 40_000)
    assert.equal(serving.log.filter((line) => /not sent/.test(line)).length, 0)
  })

  it('is given up when the device takes nothing of what the system has, and one waits', async () => {
    const keys = { rfc2217: '0', tcp: '0', baud: '2400', 'stall-timeout': '1' }
    await using serving = await Serving.begin(keys, slow)
    // In a loop RTS is CTS.
    const held = { baudRate: 2400, flowControl: 'hardware', rts: false } as const
    const writer = await open(serving.url('rfc2217'), held)
    await writer.write(data.subarray(0, 4000))
    using next = await serving.connect('tcp')
    await serving.logs(/tcp \S+ watches/)
    await writer.close()
    // The line would be given 27 s for it.
    const begun = performance.now()
    const isNext = () => serving.log.some((line) => /tcp \S+ became writer/.test(line))
    await eventually('the next has its turn', isNext, 40_000)
    const ms = performance.now() - begun
    assert.ok(ms < 18_000, `${ms} ms`)
    await serving.logs(/not sent: \d{4} bytes that the device does not take/)
    assert.ok(!next.isClosed)
  })

  it('leaves as well when it went before its turn had come', async () => {
    using device = new Pseudo()
    const keys = { rfc2217: '0', tcp: '0', websocket: '0', 'stall-timeout': '60' }
    await using serving = await Serving.begin(keys, { port: device.path })
    using writer = await serving.connect('tcp')
    writer.socket.end(Buffer.alloc(moreThanFits))
    await serving.logs(/leaves behind/)
    for (const [kind, bytes] of Object.entries(words)) {
      using next = await serving.connect(kind)
      await serving.logs(new RegExp(`${kind} \\S+ connected`))
      next.socket.end(bytes)
      await next.closed()
    }
    const socket = new WebSocket(`ws://${serving.place('websocket')}`)
    await once(socket, 'open')
    socket.send('websocket')
    socket.close()
    await once(socket, 'close')
    const came = await device.takeAll(moreThanFits + 'tcprfc2217websocket'.length)
    assert.equal(String(came.subarray(moreThanFits)), 'tcprfc2217websocket')
    await serving.logs(/rfc2217 \S+ set: baud 19200/)
    await serving.logs(/websocket \S+ gone/)
    assert.equal(serving.log.filter((line) => /not sent|refused|cut off/.test(line)).length, 0)
  })

  it('does not wait for its turn when the server stops', async () => {
    using stuck = new Pseudo()
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0' }, { port: stuck.path })
    using writer = await serving.connect('tcp')
    writer.socket.end(Buffer.alloc(moreThanFits))
    await serving.logs(/leaves behind/)
    for (const [kind, bytes] of Object.entries(words)) {
      using next = await serving.connect(kind)
      next.socket.end(bytes)
      await next.closed()
    }
    const { ms } = await timed(serving.stop())
    assert.ok(ms < 30_000, `${ms} ms`)
  })

  it('has its time also where that is longer than a timer can be set for', async () => {
    const { signal: hurry } = new AbortController()
    let isGivenUp = true
    await lingering({ bytes: 256 * 1024, baudRate: 1, hurry }, async (signal) => {
      await sleep(200)
      isGivenUp = signal.aborted
    })
    assert.ok(!isGivenUp)
  })

  it('is not waited for when the server stops', async () => {
    await using serving = await Serving.begin({ tcp: '0', baud: '9600' }, slow)
    await writers['tcp']?.(serving)
    await sleep(200)
    const { ms } = await timed(serving.stop())
    assert.ok(ms < 7000, `${ms} ms`)
    await serving.logs(/tcp \S+ not sent: \d{5} bytes/)
  })

  it('leaves where a break holds it, which ends', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0' }, { port: 'loop://' })
    const port = await open(serving.url('rfc2217'))
    using watcher = await serving.connect('tcp')
    await serving.logs(/watches/)
    await port.setSignals({ break: true })
    await port.write('held')
    await port.close()
    await watcher.hears('held')
    await serving.logs(/rfc2217 \S+ gone/)
    assert.ok(!serving.log.some((line) => /not sent/.test(line)))
  })

  it('leaves with the settings that it was written for: serveRfc2217()', async () => {
    await using shared = loop({ paced: true })
    await using served = await Served.begin(shared)
    const port = await open(served.url, { baudRate: 57_600 })
    await port.write(data)
    await port.close()
    await served.sessions[0]?.closed
    assert.equal(shared.position + shared.bytesToRead, data.length)
    assert.equal(shared.settings.baudRate, 9600)
  })
})
