// Clients that mean harm, or are broken: the others are served on time, memory is bounded, and the log says what happened.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { open } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { moreThanFits, Pseudo } from '../support/pseudo.ts'
import { certificate, certificateKey, token } from '../support/tls.ts'
import { freeNumber } from '../support/other-server.ts'
import { eventually, within } from '../support/wait.ts'
import { Peer, Serving } from './serving.ts'

const limit = { timeout: 60_000 }

/** What nobody is to notice of the others (ms), on a machine that has other work too. */
const onTime = 3000

/** The memory of buffers (bytes) that all of this may take, those of the clients in this process included. */
const mostMemory = 100_000_000

function checkMemory(): void {
  const { arrayBuffers } = process.memoryUsage()
  assert.ok(arrayBuffers < mostMemory, `${arrayBuffers} bytes`)
}

/** The device says something, and the client hears it, on time; and the other way round. */
async function isServed(port: SerialPort, device: SerialPort, word: string): Promise<void> {
  await device.write(word)
  assert.equal(String(await port.readExactly(word.length, { timeout: onTime })), word)
  await port.write(word)
  assert.equal(String(await device.readExactly(word.length, { timeout: onTime })), word)
}

/** Reads what comes and compares it. */
async function reads(port: SerialPort, seed: number, total: number): Promise<void> {
  const wanted = new ByteStream(seed)
  for (let left = total; left > 0;) {
    const chunk = await port.read({ timeout: 10_000 })
    assert.ok(chunk.length > 0, `${left} bytes are missing`)
    assert.ok(chunk.equals(wanted.take(chunk.length)))
    left -= chunk.length
  }
}

describe('a client that does not read', limit, () => {
  for (const kind of ['tcp', 'rfc2217', 'websocket']) {
    it(`is cut off when it watches, and holds nobody up: ${kind}`, async () => {
      await using serving = await Serving.begin({ tcp: '0', [kind]: '0', 'max-buffer': '65536' })
      const { device } = serving
      assert.ok(device)
      await using writer = await open(serving.url('tcp'))
      await serving.logs(/became writer/)
      using watcher = await deaf(serving, kind)
      await serving.logs(new RegExp(`${kind} \\S+ watches`))
      const total = 20_000_000
      const sending = device.write(new ByteStream(3).take(total))
      await reads(writer, 3, total)
      await sending
      await serving.logs(
        new RegExp(`${kind} \\S+ cut off: it does not take what it is sent, and 65536 bytes wait`),
      )
      await isServed(writer, device, 'on we go')
      checkMemory()
      watcher.socket.destroy()
    })
  }

  it('loses nothing when it has the port for itself, however long it takes', async () => {
    await using serving = await Serving.begin({ tcp: '0', 'max-buffer': '65536', 'stall-timeout': '0.1' })
    const { device } = serving
    assert.ok(device)
    using peer = await serving.connect('tcp')
    peer.socket.pause()
    const total = 20_000_000
    const sent = new ByteStream(4).take(total)
    let isSent = false
    const sending = device.write(sent).then(() => {
      isSent = true
    })
    await sleep(500)
    assert.equal(isSent, false, 'the device has to wait')
    peer.socket.resume()
    await sending
    await eventually('all has come', () => peer.received >= total, 20_000)
    assert.ok(peer.heard.equals(sent))
  })

  it('is not held to be stuck when it drops what it has not read', async () => {
    await using serving = await Serving.begin({
      rfc2217: '0',
      tcp: '0',
      'max-buffer': '65536',
      'stall-timeout': '30',
    })
    const { device } = serving
    assert.ok(device)
    using writer = await serving.connect('rfc2217')
    await serving.logs(/became writer/)
    // FLOWCONTROL-SUSPEND; what is received waits for it in the server.
    writer.socket.write(Uint8Array.of(255, 250, 44, 8, 255, 240))
    await sleep(100)
    const sending = device.write(Buffer.alloc(400_000, 'x'))
    await sleep(500)
    // PURGE-DATA of what was received, and FLOWCONTROL-RESUME.
    writer.socket.write(Uint8Array.of(255, 250, 44, 12, 1, 255, 240, 255, 250, 44, 9, 255, 240))
    await within(10_000, sending)
    await device.write('after')
    await writer.hears('after')
  })

  it('does not keep the others waiting for long when it has the port', async () => {
    await using serving = await Serving.begin({ tcp: '0', 'max-buffer': '65536', 'stall-timeout': '0.3' })
    const { device } = serving
    assert.ok(device)
    using writer = await serving.connect('tcp')
    writer.socket.pause()
    await serving.logs(/became writer/)
    await using watcher = await open(serving.url('tcp'))
    await serving.logs(/watches/)
    const total = 20_000_000
    const sending = device.write(new ByteStream(5).take(total))
    await Promise.all([reads(watcher, 5, total), sending])
    await serving.logs(/cut off: it takes nothing, and others have waited 0\.3 s/)
    await eventually(
      'the watcher has the port',
      () => serving.log.filter((line) => /became writer/.test(line)).length === 2,
    )
    await isServed(watcher, device, 'mine')
  })
})

/** A client that reads nothing. */
async function deaf(serving: Serving, kind: string): Promise<Peer> {
  const peer = await serving.connect(kind)
  if (kind === 'websocket') {
    const key = Buffer.alloc(16).toString('base64')
    peer.socket.write(
      `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    )
    await peer.hears('101 Switching')
  }
  peer.socket.pause()
  return peer
}

describe('many connections', limit, () => {
  it('a thousand at once: those who are in are served, and the log stays short', async () => {
    await using serving = await Serving.begin({ tcp: '0', rfc2217: '0' })
    const { device } = serving
    assert.ok(device)
    await using port = await open(serving.url('rfc2217'))
    const sockets = Array.from({ length: 1000 }, () => {
      const socket = createConnection(serving.number('tcp'), '127.0.0.1')
      return socket.on('error', () => {}).resume()
    })
    for (let round = 0; round < 10; round++) await isServed(port, device, `round ${round}`)
    await eventually('most are sent away', () => sockets.filter(({ closed }) => closed).length >= 984, 20_000)
    await serving.logs(/refused: more than 20 connections a second/)
    await serving.logs(/refused: there are 16 clients already/)
    await serving.logs(/refused: \d+ more times/)
    assert.ok(serving.log.length < 300, `${serving.log.length} lines`)
    for (const socket of sockets) socket.destroy()
    await eventually('they are gone', () => sockets.every(({ closed }) => closed))
    await sleep(1000)
    using late = await serving.connect('tcp')
    await device.write('welcome')
    await late.hears('welcome')
    checkMemory()
  })

  it('some hundreds that say nothing do not keep the others out', async () => {
    const keys = { tcp: '0', 'tls-cert': certificate, 'tls-key': certificateKey, 'max-rate': '1000' }
    await using serving = await Serving.begin({ ...keys, 'handshake-timeout': '1' }, { token })
    const silent = await Promise.all(Array.from({ length: 300 }, () => serving.connect('tcp')))
    await serving.logs(/refused: too many connections are on their way in/)
    await serving.logs(/refused: not let in within 1 s/)
    await eventually('they are sent away', () => silent.every(({ isClosed }) => isClosed), 10_000)
    await using port = await open(
      `sockets://${serving.place('tcp')}?timeout=20&ca=${certificate}&token=${token}`,
    )
    assert.ok(serving.device)
    await isServed(port, serving.device, 'in')
  })
})

describe('clients that go at once', limit, () => {
  it('are let in only while what so many have sent is still to leave', async () => {
    using device = new Pseudo()
    const keys = { tcp: '0', 'max-clients': '2', 'max-rate': '1000' }
    await using serving = await Serving.begin(keys, { port: device.path })
    const count = (wanted: RegExp) => serving.log.filter((line) => wanted.test(line)).length
    const isOver = async (come: number) => {
      await eventually('all are in, or refused', () => count(/ connected| refused/) === come)
    }
    for (let come = 1; come <= 9; come++) {
      using client = await serving.connect('tcp')
      client.socket.end(Buffer.alloc(moreThanFits))
      await isOver(come)
      await client.closed()
    }
    assert.equal(count(/ connected/), 4)
    assert.equal(count(/ refused: what 4 clients have sent is still to leave/), 5)
    await device.takeAll(4 * moreThanFits)
    await eventually('all have left', () => count(/ gone/) === 4, 10_000)
    using next = await serving.connect('tcp')
    await isOver(10)
    assert.equal(count(/ connected/), 5)
    assert.ok(!next.isClosed)
  })

  it('may be many that wait for their turn: Node has nothing to warn of', async () => {
    using device = new Pseudo()
    await using serving = await Serving.begin({ tcp: '0', 'max-rate': '1000' }, { port: device.path })
    const warnings: Error[] = []
    const warned = (warning: Error) => void warnings.push(warning)
    process.on('warning', warned)
    using writer = await serving.connect('tcp')
    writer.socket.end(Buffer.alloc(moreThanFits))
    await serving.logs(/leaves behind/)
    for (let word = 0; word < 12; word++) {
      using client = await serving.connect('tcp')
      client.socket.end('word')
      await client.closed()
    }
    const came = await device.takeAll(moreThanFits + 48)
    process.off('warning', warned)
    assert.equal(String(came.subarray(moreThanFits)), 'word'.repeat(12))
    assert.deepEqual(warnings, [])
  })
})

const upgrade = `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`

it('a client that resets its connection and comes again from the same number is let in', limit, async () => {
  using device = new Pseudo()
  const keys = { websocket: '0', 'handshake-timeout': '60', 'stall-timeout': '60' }
  await using serving = await Serving.begin(keys, { port: device.path })
  const place = { port: serving.number('websocket'), host: '127.0.0.1', localPort: await freeNumber() }
  using first = new Peer(createConnection(place))
  first.socket.write(upgrade)
  await serving.logs(/became writer/)
  // A message of zeros: masked, binary, of 60,000 bytes. With so many it is not read any more, and its end not seen.
  const message = Buffer.concat([Buffer.of(0x82, 0xfe, 0xea, 0x60), Buffer.alloc(60_004)])
  for (let count = 0; count < 8; count++) first.socket.write(message)
  await sleep(500)
  first.socket.resetAndDestroy()
  await first.closed()
  const socket = createConnection(place)
  using again = new Peer(socket)
  await once(socket, 'connect')
  await sleep(500)
  assert.ok(!serving.log.some((line) => / gone/.test(line)))
  await device.takeAll(200_000)
  await serving.logs(/ gone/)
  again.socket.write(upgrade)
  const isIn = () => serving.log.filter((line) => / connected/.test(line)).length === 2
  await eventually('it is let in', isIn, 20_000)
})

const onLinux = { ...limit, skip: process.platform !== 'linux' && 'all of 127.0.0.0/8 is there on Linux' }

it('two connections from one number to two addresses of a door are two clients', onLinux, async () => {
  const keys = { websocket: '0.0.0.0:0', insecure: 'yes', 'handshake-timeout': '60' }
  await using serving = await Serving.begin(keys)
  const place = {
    port: serving.number('websocket'),
    localAddress: '127.0.0.1',
    localPort: await freeNumber(),
  }
  using one = new Peer(createConnection({ ...place, host: '127.0.0.1' }))
  await once(one.socket, 'connect')
  using other = new Peer(createConnection({ ...place, host: '127.0.0.2' }))
  await once(other.socket, 'connect')
  one.socket.write(upgrade)
  await serving.logs(/ became writer/)
  other.socket.write(upgrade)
  await serving.logs(/ watches/)
  await serving.device?.write('to both')
  await one.hears('to both')
  await other.hears('to both')
})

describe('a client that says what makes no sense', limit, () => {
  it('garbage where TLS is spoken', async () => {
    const keys = {
      tcp: '0',
      rfc2217: '0',
      websocket: '0',
      'tls-cert': certificate,
      'tls-key': certificateKey,
    }
    await using serving = await Serving.begin(keys, { token })
    for (const kind of ['tcp', 'rfc2217', 'websocket']) {
      using peer = await serving.connect(kind)
      peer.socket.write(new ByteStream(9).take(100_000))
      await peer.closed()
      await serving.logs(new RegExp(`${kind} \\S+ refused: no TLS: ERR_SSL`))
      using early = await serving.connect(kind)
      early.socket.end('\x16\x03\x01')
      await early.closed()
    }
    await using port = await open(
      `sockets://${serving.place('tcp')}?timeout=20&ca=${certificate}&token=${token}`,
    )
    assert.ok(serving.device)
    await isServed(port, serving.device, 'in')
  })

  it('a request that never ends', async () => {
    await using serving = await Serving.begin({ websocket: '0', 'handshake-timeout': '0.5' })
    using peer = await serving.connect('websocket')
    peer.socket.write('GET / HTTP/1.1\r\n')
    const drip = setInterval(() => peer.socket.write('X: y\r\n'), 20)
    await peer.closed()
    clearInterval(drip)
    await serving.logs(/refused: not let in within 0\.5 s/)
  })

  it('a sub-negotiation without an end', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0' })
    const { device } = serving
    assert.ok(device)
    using giant = await serving.connect('rfc2217')
    await serving.logs(/became writer/)
    using watcher = await serving.connect('tcp')
    giant.socket.write(Uint8Array.of(255, 250, 44, 1))
    const piece = Buffer.alloc(1_000_000, 'x')
    for (let sent = 0; sent < 50; sent++) {
      if (!giant.socket.write(piece)) await within(10_000, once(giant.socket, 'drain'))
    }
    checkMemory()
    await device.write('still here')
    await watcher.hears('still here')
    giant.socket.write(Uint8Array.of(255, 240, ...Buffer.from('and data')))
    assert.equal(String(await device.readExactly(8, { timeout: onTime })), 'and data')
  })

  it('settings by the thousand: the log is short, and the port is put back', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0' })
    using peer = await serving.connect('rfc2217')
    await serving.logs(/became writer/)
    const asked = Array.from({ length: 20_000 }, (_, index) => [
      255,
      250,
      44,
      1,
      0,
      0,
      index % 200,
      1,
      255,
      240,
    ])
    peer.socket.write(Uint8Array.from(asked.flat()))
    await eventually('all are answered', () => peer.received >= 20_000 * 10, 30_000)
    peer.socket.destroy()
    await serving.logs(/rfc2217 \S+ gone/)
    assert.ok(serving.log.length < 300, `${serving.log.length} lines`)
    await serving.logs(/set: \d+ more times/)
    await using next = await open(serving.url('rfc2217'), { baudRate: 9600 })
    assert.equal(next.settings.baudRate, 9600)
  })

  for (const [what, kind, question] of [
    ['offers of options', 'rfc2217', Uint8Array.of(255, 251, 99)],
    ['pings', 'websocket', Buffer.concat([Uint8Array.of(0x89, 0xfd, 0, 0, 0, 0), Buffer.alloc(125)])],
  ] as const) {
    it(`${what} without end, and no ear for the answers`, async () => {
      await using serving = await Serving.begin({ [kind]: '0', tcp: '0' })
      const { device } = serving
      assert.ok(device)
      using peer = await deaf(serving, kind)
      await serving.logs(/became writer/)
      using watcher = await serving.connect('tcp')
      await serving.logs(/tcp \S+ watches/)
      const piece = Buffer.concat(Array.from({ length: 20_000 }, () => question))
      let sent = 0
      const flood = () => {
        do sent += piece.length
        while (peer.socket.write(piece))
      }
      peer.socket.on('drain', flood)
      flood()
      // It is not read any more, or cut off.
      for (let before = -1; before !== sent && sent < 100_000_000; await sleep(1000)) before = sent
      assert.ok(sent < 100_000_000, 'it is answered on and on')
      checkMemory()
      if (kind === 'websocket') await serving.logs(/gone: without a goodbye/)
      await device.write('still here')
      await watcher.hears('still here')
    })
  }

  for (const [what, message] of [
    ['messages of a byte', Uint8Array.of(0x82, 0x81, 0, 0, 0, 0, 65)],
    ['empty messages', Uint8Array.of(0x82, 0x80, 0, 0, 0, 0)],
  ] as const) {
    it(`${what} without end, by one that watches: the others have their turn between them`, async () => {
      await using serving = await Serving.begin({ websocket: '0', tcp: '0' })
      const { device } = serving
      assert.ok(device)
      await using writer = await open(serving.url('tcp'))
      await serving.logs(/became writer/)
      using peer = await deaf(serving, 'websocket')
      await serving.logs(/websocket \S+ watches/)
      const piece = Buffer.concat(Array.from({ length: 20_000 }, () => message))
      const flood = () => {
        while (peer.socket.write(piece));
      }
      peer.socket.on('drain', flood)
      flood()
      await serving.logs(/bytes to be sent: another client has the port/)
      const echoes = async () => {
        for (let round = 0; round < 50; round++) await isServed(writer, device, 'still here')
      }
      await within(10_000, echoes())
    })
  }

  it('a message that is too long for a WebSocket', async () => {
    await using serving = await Serving.begin({ websocket: '0' })
    const socket = new WebSocket(`ws://${serving.place('websocket')}`)
    await once(socket, 'open')
    socket.send(Buffer.alloc(65_537))
    const [code] = (await within(10_000, once(socket, 'close'))) as [number]
    assert.equal(code, 1009)
    await serving.logs(/gone: Max payload size exceeded/)
    assert.equal(serving.device?.bytesToRead, 0)
  })

  it('control characters in what the log tells', async () => {
    await using serving = await Serving.begin({ websocket: '0' })
    using peer = await serving.connect('websocket')
    peer.socket.write(
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nOrigin: \x80\x9b2Jx\r\n\r\n',
      'latin1',
    )
    await serving.logs(/the origin \\u0080\\u009b2Jx is not/)
    assert.ok(serving.log.every((line) => /^[\x20-\x7e]*\n$/.test(line)))
  })
})

describe('a client that is silent', limit, () => {
  it('is sent away after the idle time-out, and the next has its turn', async () => {
    await using serving = await Serving.begin({ tcp: '0', 'idle-timeout': '0.5' })
    using writer = await serving.connect('tcp')
    await serving.logs(/became writer/)
    const next = await open(serving.url('tcp'))
    const busy = setInterval(() => void next.write('.').catch(() => {}), 50)
    await writer.closed()
    await serving.logs(/cut off: silent for 0\.5 s/)
    await eventually('its turn', () => serving.log.filter((line) => /became writer/.test(line)).length === 2)
    assert.ok(next.isOpen)
    clearInterval(busy)
    await next.close()
  })
})
