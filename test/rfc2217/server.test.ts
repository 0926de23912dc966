import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { describe, it, mock } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import type { Command, Message } from '../../src/rfc2217/com-port.ts'
import { serveRfc2217 } from '../../src/rfc2217/index.ts'
import { Protocol } from '../../src/rfc2217/protocol.ts'
import { escape } from '../../src/rfc2217/telnet.ts'
import { loop } from '../../src/virtual/index.ts'
import type { LoopOptions } from '../../src/virtual/index.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { createPair } from '../support/pair.ts'
import { nameFor } from '../support/name-for.ts'
import { notOnWindows } from '../support/platform.ts'
import { Pseudo } from '../support/pseudo.ts'
import { seeded } from '../support/random.ts'
import { givesAllBack } from '../support/resources.ts'
import { system } from '../support/system.ts'
import { eventually, within } from '../support/wait.ts'
import { Served } from './served.ts'

const notRenamed = notOnWindows('there a name can not be given to another port')

const limit = { timeout: 60_000 }

/** A client that is made by hand, to do what clients do and should not. */
class Client {
  readonly socket: Socket
  readonly heard: Message[] = []
  /** Data, with what was told among it in brackets. */
  stream = ''
  readonly #protocol = new Protocol('client')

  constructor(number: number) {
    this.socket = createConnection(number, '127.0.0.1')
    this.socket.on('error', () => {})
    this.socket.write(this.#protocol.begin())
    this.socket.on('data', (chunk) => {
      for (const event of this.#protocol.receive(chunk)) {
        if (event.kind === 'data') this.stream += Buffer.from(event.bytes).toString('latin1')
        if (event.kind === 'reply') this.socket.write(event.bytes)
        if (event.kind === 'message') {
          this.heard.push(event.message)
          this.stream += `<${event.message.command} ${event.message.value}>`
        }
      }
    })
  }

  tell(command: Command, value?: number, text?: string): void {
    this.socket.write(this.#protocol.encode(command, value, text))
  }

  send(data: Uint8Array | string): void {
    this.socket.write(escape(Buffer.from(data as string)))
  }

  /** Asks, and waits for the answer. */
  async ask(command: Command, value?: number): Promise<number> {
    const before = this.heard.length
    this.tell(command, value)
    const answer = () => this.heard.slice(before).find((message) => message.command === command)
    await eventually(`an answer to ${command} ${value}`, () => answer() !== undefined)
    return answer()?.value ?? NaN
  }

  /** Resolves when the server has done all that came before. */
  async sync(): Promise<void> {
    await this.ask('baudRate', 0)
  }
}

/** A loop that is shared, and a client that has come. */
function using(
  options: LoopOptions,
  body: (client: Client, shared: SerialPort, served: Served) => Promise<void>,
): () => Promise<void> {
  return async () => {
    await using shared = loop(options)
    await using served = await Served.begin(shared)
    const client = new Client(served.number)
    await eventually('it is told of the lines', () => client.heard.length > 0)
    await body(client, shared, served)
    client.socket.destroy()
  }
}

describe('serveRfc2217() answers', limit, () => {
  it(
    'every question',
    using({ baudRate: 19200, parity: 'odd', dtr: false }, async (client) => {
      const asked: readonly (readonly [Command, number, number])[] = [
        ['baudRate', 0, 19200],
        ['dataBits', 0, 8],
        ['parity', 0, 2],
        ['stopBits', 0, 1],
        ['control', 0, 1],
        ['control', 4, 6],
        ['control', 7, 9],
        ['control', 10, 11],
        ['control', 13, 14],
        ['lineState', 0, 0x60],
        // Of a loop DCD is on, and CTS with RTS.
        ['modemState', 0, 0x90],
        ['lineStateMask', 30, 30],
        ['modemStateMask', 255, 255],
        ['purge', 1, 1],
        ['purge', 2, 2],
        ['purge', 3, 3],
      ]
      for (const [command, value, answer] of asked) {
        assert.equal(await client.ask(command, value), answer, `${command} ${value}`)
      }
      client.tell('signature')
      await eventually('it has said who it is', () => client.heard.some(({ text }) => text === 'baud'))
    }),
  )

  it(
    'what is so after every setting, whether the port has taken it or not',
    using({}, async (client, shared) => {
      const asked: readonly (readonly [Command, number, number])[] = [
        ['baudRate', 115200, 115200],
        ['dataBits', 7, 7],
        ['dataBits', 99, 7],
        ['parity', 5, 5],
        ['parity', 6, 5],
        ['stopBits', 2, 2],
        // A longer stop bit has 1.5 bits behind five data bits, and 2 behind more.
        ['stopBits', 3, 2],
        ['dataBits', 5, 5],
        ['stopBits', 0, 3],
        ['dataBits', 8, 8],
        ['stopBits', 0, 2],
        ['stopBits', 1, 1],
        ['control', 3, 3],
        ['control', 13, 16],
        ['control', 2, 2],
        ['control', 13, 15],
        // DCD as flow control is nothing that ports here have.
        ['control', 17, 2],
        ['control', 19, 19],
        ['control', 13, 18],
        ['control', 0, 19],
        ['control', 14, 18],
        ['control', 1, 1],
        ['control', 16, 14],
        ['control', 5, 5],
        ['control', 4, 5],
        ['control', 6, 6],
        ['control', 9, 9],
        ['control', 7, 9],
        ['control', 12, 12],
        ['control', 10, 12],
        ['modemState', 0, 0x80],
      ]
      for (const [command, value, answer] of asked) {
        assert.equal(await client.ask(command, value), answer, `${command} ${value}`)
      }
      assert.deepEqual([shared.settings.baudRate, shared.settings.parity], [115200, 'space'])
    }),
  )

  it('who it is by the name that it was given, and refuses other options', async () => {
    await using shared = loop()
    await using served = await Served.begin(shared, { signature: 'the lab' })
    const client = new Client(served.number)
    client.tell('signature')
    await eventually('it has said who it is', () => client.heard.some(({ text }) => text === 'the lab'))
    for (const options of [{ signature: '' }, { signature: '√' }, { name: 'x' }]) {
      throwsWith('INVALID_OPTION', () => serveRfc2217(shared, client.socket, options))
    }
    client.socket.destroy()
    await served.close()
    await shared.close()
    throwsWith('PORT_NOT_OPEN', () => serveRfc2217(shared, client.socket))
  })

  it('a client that speaks Telnet alone with the bytes', async () => {
    await using shared = loop()
    await using served = await Served.begin(shared)
    const plain = createConnection(served.number, '127.0.0.1')
    const heard: Buffer[] = []
    plain.on('data', (chunk) => heard.push(chunk))
    plain.write('hello')
    await eventually('it comes back', () => Buffer.concat(heard).includes('hello'))
    assert.ok(!Buffer.concat(heard).includes(Buffer.of(255, 250)))
    plain.destroy()
  })
})

describe('serveRfc2217() tells', limit, () => {
  it(
    'of lines that change, as the mask has it',
    using({}, async (client, shared) => {
      assert.equal(client.stream, '<modemState 176>')
      await shared.setSignals({ rts: false })
      await eventually('CTS is off', () => client.stream.endsWith('<modemState 161>'))
      await client.ask('modemStateMask', 0x22)
      client.stream = ''
      await shared.setSignals({ rts: true })
      await shared.setSignals({ dtr: false })
      await eventually('DSR is off', () => client.stream.includes('<modemState 2>'))
      await client.ask('modemStateMask', 0)
      assert.equal(shared.listenerCount('signals'), 0)
      client.stream = ''
      await shared.setSignals({ dtr: true })
      await sleep(20)
      await client.sync()
      assert.equal(client.stream, '<baudRate 9600>')
    }),
  )

  it(
    'of line errors, each before the byte that it is about',
    using({ lineErrors: 'report' }, async (client, shared) => {
      const steps = async () => {
        await shared.write('abc')
        await shared.sendBreak(5)
        await shared.write('def')
        await shared.drain()
      }
      await steps()
      await eventually('all has come', () => client.stream.endsWith('def'))
      assert.equal(client.stream, '<modemState 176>abcdef')
      await client.ask('lineStateMask', 16)
      client.stream = ''
      await steps()
      await eventually('all has come', () => client.stream.endsWith('def'))
      assert.equal(client.stream, 'abc<lineState 16>def')
      client.tell('suspend')
      await sleep(50)
      const begin = shared.position
      await steps()
      await steps()
      // All in one piece for the server, but for the first of it, which it has read already.
      await eventually('it is there', () => shared.position + shared.bytesToRead === begin + 12)
      client.tell('resume')
      await eventually('all has come', () => client.stream.endsWith('defabc<lineState 16>def'))
      await client.ask('lineStateMask', 14)
      client.stream = ''
      await steps()
      await eventually('all has come', () => client.stream.length >= 6)
      assert.equal(client.stream, 'abcdef')
    }),
  )

  it(
    'nothing while the client wants nothing, and all of it then',
    using({}, async (client, shared) => {
      client.tell('suspend')
      client.tell('parity', 0)
      await shared.write('late')
      await shared.setSignals({ rts: false })
      await sleep(100)
      assert.equal(client.stream, '<modemState 176>')
      client.tell('resume')
      await eventually('it has come', () => client.stream.includes('late'))
      await eventually('CTS is off', () => client.stream.includes('<modemState 161>'))
      assert.match(client.stream, /<parity 1>/)
    }),
  )

  it(
    'nothing that was purged before it answered',
    using({}, async (client, shared) => {
      client.tell('suspend')
      client.send('old')
      await eventually('it is there', () => shared.position + shared.bytesToRead >= 3)
      client.tell('purge', 1)
      client.tell('resume')
      client.send('new')
      await eventually('it has come', () => client.stream.endsWith('new'))
      assert.equal(client.stream, '<modemState 176><purge 1>new')
    }),
  )
})

describe('serveRfc2217() does', limit, () => {
  it(
    'what is asked in the order in which it was asked, data among it',
    using({ flowControl: 'hardware', rts: false }, async (client, shared) => {
      client.send('held up')
      await client.sync()
      client.tell('purge', 2)
      client.send('gone through')
      client.tell('control', 11)
      await eventually('it has come', () => client.stream.endsWith('through'))
      assert.equal(client.stream.replaceAll(/<.*?>/g, ''), 'gone through')
      assert.equal(shared.isOpen, true)
    }),
  )

  it('what is asked while much waits in the port, and answers before the last of it', async () => {
    const total = 16_000_000
    await using shared = loop({ receiveBufferSize: total })
    await shared.write(Buffer.alloc(total, 'x'))
    await eventually('it waits', () => shared.bytesToRead === total)
    await using served = await Served.begin(shared)
    const client = new Client(served.number)
    await client.sync()
    const data = () => client.stream.replaceAll(/<.*?>/g, '')
    await eventually('all has come', () => client.stream.length > total && data().length === total)
    // More than the system holds on the way stands behind it.
    assert.ok(client.stream.indexOf('<baudRate') < total - 1_000_000)
    client.socket.destroy()
  })

  it(
    'little at a time of what a client says, so that others have their turn',
    using({}, async (client, shared) => {
      let turns = 0
      let isOver = false
      const count = () => {
        turns++
        if (!isOver) setImmediate(count)
      }
      setImmediate(count)
      const doneAt: number[] = []
      mock.method(shared, 'setSignals', async () => void doneAt.push(turns))
      // Offers of an option, and after each ten of them DTR: SET-CONTROL. Source: RFC 2217, section 3.
      const piece = [...Array.from({ length: 10 }, () => [255, 251, 99]).flat(), 255, 250, 44, 5, 8, 255, 240]
      client.socket.write(Buffer.concat(Array.from({ length: 3000 }, () => Uint8Array.from(piece))))
      await eventually('all is done', () => doneAt.length === 3000, 30_000)
      isOver = true
      const together = doneAt.filter((turn) => turn === doneAt[1500]).length
      assert.ok(together < 30, `${together} at once`)
    }),
  )

  it(
    'what takes long, and gives signs of life meanwhile',
    using({}, async (client, shared) => {
      let done = () => {}
      mock.method(shared, 'reconfigure', () => new Promise<void>((resolve) => void (done = resolve)))
      const heard: Buffer[] = []
      client.socket.on('data', (chunk: Buffer) => heard.push(chunk))
      client.tell('baudRate', 1200)
      // DO TIMING-MARK. Source: RFC 860.
      const signs = () => Buffer.concat(heard).toString('latin1').split('\xff\xfd\x06').length - 1
      await eventually('two of them', () => signs() === 2, 30_000)
      assert.ok(!client.heard.some(({ command }) => command === 'baudRate'))
      done()
      await eventually('the answer', () => client.heard.some(({ command }) => command === 'baudRate'))
    }),
  )

  it('10 MB each way at once, with every byte value', async () => {
    await using shared = loop()
    await using served = await Served.begin(shared)
    await using port = await open(served.url)
    const total = 10_000_000
    const [out, back] = [new ByteStream(3), new ByteStream(3)]
    const writing = (async () => {
      while (out.position < total) await port.write(out.take(100_000))
    })()
    while (back.position < total) back.expect(await port.read({ timeout: 10_000 }), 'back')
    await writing
  })

  it('nothing but IACs as well', async () => {
    await using shared = loop()
    await using served = await Served.begin(shared)
    await using port = await open(served.url)
    const data = Buffer.alloc(300_000, 255)
    const writing = port.write(data)
    assert.ok((await port.readExactly(data.length, { timeout: 10_000 })).equals(data))
    await writing
  })
})

describe('serveRfc2217() survives', limit, () => {
  it(
    'whatever a client says',
    using({}, async (client, shared, served) => {
      await seeded(async (random) => {
        const nasty = [255, 255, 250, 240, 251, 253, 44, 44, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12]
        for (let count = 0; count < 300; count++) {
          const bytes = Uint8Array.from({ length: 200 }, () => nasty[random.next() % nasty.length] ?? 0)
          client.socket.write(bytes)
        }
      })
      // pySerial's server dies of a sub-negotiation that is too short.
      for (const body of [[], [1], [2], [1, 0, 0], [5], [10], [11], [12], [99], [255, 255]]) {
        client.socket.write(Uint8Array.from([0, 255, 240, 255, 250, 44, ...body, 255, 240]))
      }
      client.tell('resume')
      await client.sync()
      client.socket.destroy()
      await served.sessions[0]?.closed
      const next = new Client(served.number)
      assert.equal(await next.ask('baudRate', 0), shared.settings.baudRate)
      next.socket.destroy()
    }),
  )

  it(
    'one that asks and never listens: its answers are few, then it is not read',
    using({}, async (client, shared) => {
      client.socket.pause()
      const questions = Buffer.concat(
        Array.from({ length: 10_000 }, () => new Protocol('client').encode('baudRate', 0)),
      )
      let written = 0
      let stuck = false
      while (!stuck && written < 200) {
        written++
        stuck =
          !client.socket.write(questions) &&
          !(await Promise.race([once(client.socket, 'drain'), sleep(1000)]))
      }
      assert.ok(stuck, 'it is read on and on')
      const { arrayBuffers } = process.memoryUsage()
      assert.ok(arrayBuffers < 200_000_000, `${arrayBuffers} bytes`)
      assert.ok(shared.isOpen)
    }),
  )

  it(
    'one that asks while it wants no answers: it is sent away',
    using({}, async (client, shared, served) => {
      client.tell('suspend')
      for (let count = 0; count < 10_000; count++) client.tell('baudRate', 0)
      const reason = await within(5000, served.sessions[0]?.closed ?? Promise.reject(new Error()))
      assert.equal(reason?.code, 'REMOTE')
      assert.match(reason?.message ?? '', /wants no answers/)
      assert.ok(shared.isOpen)
    }),
  )

  it(
    'one that sends more than the port takes: it is not read until there is room',
    using({ flowControl: 'hardware', rts: false }, async (client, shared) => {
      const total = 20_000_000
      client.send(new Uint8Array(total))
      await sleep(300)
      assert.ok(shared.bytesToWrite < 2_000_000, `${shared.bytesToWrite} bytes`)
      assert.ok(client.socket.writableLength > 1_000_000)
    }),
  )
})

describe('serveRfc2217() notices', limit, () => {
  const goings: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['is reset', (socket) => socket.resetAndDestroy()],
    ['is closed', (socket) => socket.destroy()],
  ]
  for (const [how, go] of goings) {
    it(
      `that a connection ${how} which it does not read, since the port takes nothing`,
      using({ baudRate: 3_000_000, flowControl: 'hardware', rts: false }, async (client, shared, served) => {
        client.send(Buffer.alloc(400_000, 'x'))
        await eventually('the port has enough', () => shared.bytesToWrite > 200_000)
        await eventually('the client has nothing left to send', () => client.socket.writableLength === 0)
        go(client.socket)
        await within(30_000, served.sessions[0]?.closed ?? Promise.reject(new Error()))
      }),
    )
  }
})

describe('when it is over', limit, () => {
  it(
    'the port is as it was, and a break has ended',
    using({ baudRate: 19200, parity: 'odd' }, async (client, shared, served) => {
      await client.ask('baudRate', 115200)
      await client.ask('parity', 1)
      await client.ask('control', 5)
      client.socket.end()
      assert.equal(await within(5000, served.sessions[0]?.closed ?? Promise.reject(new Error())), undefined)
      assert.deepEqual([shared.settings.baudRate, shared.settings.parity], [19200, 'odd'])
      assert.ok(shared.isOpen)
      assert.deepEqual([shared.listenerCount('signals'), shared.listenerCount('lineError')], [0, 0])
      await shared.purge('input')
      await shared.write('x')
      assert.equal(String(await shared.readExactly(1, { timeout: 5000 })), 'x')
    }),
  )

  it(
    'DTR and RTS drop, and are raised again for the next client',
    using({ dtr: true }, async (client, shared, served) => {
      const levels = async () => {
        const { cts, dsr } = await shared.getSignals()
        return [dsr, cts]
      }
      assert.deepEqual(await levels(), [true, true])
      client.socket.end()
      await within(5000, served.sessions[0]?.closed ?? Promise.reject(new Error()))
      assert.deepEqual(await levels(), [false, false])
      const next = new Client(served.number)
      await next.sync()
      assert.deepEqual(await levels(), [true, true])
      next.socket.destroy()
    }),
  )

  it('while the device is away, all is put back when it is there again', { skip: notRenamed }, async () => {
    using first = new Pseudo()
    using second = new Pseudo()
    using third = new Pseudo()
    const name = nameFor(first)
    await using shared = await open(name, { baudRate: 19200, stopBits: 2, reconnect: true })
    await using served = await Served.begin(shared)
    const asked = system.attributes(name)
    const leaves = async (device: Pseudo) => {
      await using port = await open(`${served.url}?timeout=20`, { baudRate: 115200, stopBits: 1 })
      const gone = once(shared, 'disconnect')
      device.unplug()
      await gone
      await port.close()
      await served.sessions.at(-1)?.closed
    }
    await leaves(first)
    assert.equal(shared.settings.baudRate, 115200)
    const back = once(shared, 'reconnect')
    nameFor(second, name)
    await back
    await eventually('the settings are put back', () => system.attributes(name) === asked, 20_000)
    assert.equal(shared.settings.baudRate, 19200)
    // The next comes while it is away, and has it when it is there again.
    await leaves(second)
    const next = new Client(served.number)
    await next.sync()
    const again = once(shared, 'reconnect')
    nameFor(third, name)
    await again
    assert.equal(await next.ask('baudRate', 57_600), 57_600)
    assert.equal(shared.settings.stopBits, 1)
    next.socket.destroy()
    await served.sessions.at(-1)?.closed
    assert.equal(system.attributes(name), asked)
    assert.equal(shared.listenerCount('reconnect'), 0)
  })

  it('what the client wrote before it went leaves', async () => {
    await using pair = await createPair()
    await using shared = await open(pair.a)
    await using device = await open(pair.b)
    await using served = await Served.begin(shared)
    const port = await open(served.url)
    await port.write('last words')
    await port.close()
    await served.sessions[0]?.closed
    assert.equal(String(await device.readExactly(10, { timeout: 5000 })), 'last words')
  })

  it('for it is closed, the client is told', async () => {
    await using shared = loop()
    await using served = await Served.begin(shared)
    const port = await open(served.url)
    await served.sessions[0]?.close()
    assert.equal((await within(5000, port.closed))?.code, 'DISCONNECTED')
    assert.ok(shared.isOpen)
  })

  it('for the port is closed, the client is told', async () => {
    const shared = loop()
    await using served = await Served.begin(shared)
    const port = await open(served.url)
    const reading = rejectsWith('DISCONNECTED', port.read())
    await shared.close()
    await within(5000, reading)
    assert.equal(await served.sessions[0]?.closed, undefined)
  })

  it('nothing of a client is kept while the port stays open', async () => {
    await using shared = loop()
    const clients: WeakRef<Socket>[] = []
    const server = createServer((socket) => {
      clients.push(new WeakRef(socket))
      serveRfc2217(shared, socket)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    for (let round = 0; round < 20; round++) {
      const client = new Client((server.address() as AddressInfo).port)
      await client.sync()
      client.socket.end()
      await once(client.socket, 'close')
    }
    server.close()
    // What has just been used may be kept a little longer.
    await eventually('they are gone', () => {
      global.gc?.()
      return clients.filter((each) => each.deref() !== undefined).length <= 2
    })
  })

  it('everything is given back, many times', async () => {
    await using shared = loop()
    await using served = await Served.begin(shared)
    await givesAllBack(async () => {
      for (let round = 0; round < 50; round++) {
        const port = await open(served.url, { baudRate: 1200 + round })
        await port.write('x')
        await port.readExactly(1, { timeout: 5000 })
        await port.close()
        await served.sessions.at(-1)?.closed
      }
    })
  })
})
