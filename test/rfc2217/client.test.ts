import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import type { InputSignals, LineError, SerialErrorCode, SerialOptions, SerialPort } from '../../src/index.ts'
import { Protocol } from '../../src/rfc2217/protocol.ts'
import type { Command, Message } from '../../src/rfc2217/com-port.ts'
import { escape } from '../../src/rfc2217/telnet.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { givesAllBack } from '../support/resources.ts'
import { TcpServer } from '../support/tcp.ts'
import { eventually, timed, within } from '../support/wait.ts'

const limit = { timeout: 60_000 }

type Answering = (message: Message) => readonly [Command, number] | undefined

/** As most servers: what is asked for is done; a question is answered with what this test asks for. */
const obliging: Answering = ({ command, value }) =>
  ['suspend', 'resume', 'signature', 'lineStateMask', 'modemStateMask'].includes(command)
    ? undefined
    : [command, command === 'baudRate' && value === 0 ? 9600 : value]

/** A server that is made by hand, to do what servers do and should not. */
class Peer {
  readonly socket: Socket
  readonly heard: Message[] = []
  data = Buffer.alloc(0)
  readonly #protocol = new Protocol('server')
  answer: Answering

  constructor(socket: Socket, answer: Answering) {
    this.socket = socket
    this.answer = answer
    socket.write(this.#protocol.begin())
    socket.on('data', (chunk: Buffer) => {
      for (const event of this.#protocol.receive(chunk)) {
        if (event.kind === 'reply') socket.write(event.bytes)
        if (event.kind === 'data') this.data = Buffer.concat([this.data, event.bytes])
        if (event.kind === 'message') this.#take(event.message)
      }
    })
    socket.resume()
  }

  #take(message: Message): void {
    this.heard.push(message)
    const answer = this.answer(message)
    if (answer !== undefined) this.tell(...answer)
  }

  tell(command: Command, value = 0, text = ''): void {
    this.socket.write(this.#protocol.encode(command, value, text))
  }

  send(data: Uint8Array): void {
    this.socket.write(escape(data))
  }

  /** The values of the messages of a command. */
  values(command: Command): number[] {
    return this.heard.filter((message) => message.command === command).map(({ value }) => value)
  }
}

/** DO TIMING-MARK: asks whether somebody is there. Source: RFC 860. */
const timingMark = Uint8Array.of(255, 253, 6)

interface Opening extends SerialOptions {
  readonly answer?: Answering
  readonly query?: string
}

function urlOf(server: TcpServer, query = ''): string {
  return `rfc2217://127.0.0.1:${server.port}${query}`
}

async function opened(
  server: TcpServer,
  { answer = obliging, query = '', ...options }: Opening = {},
): Promise<{ port: SerialPort; peer: Peer }> {
  const opening = open(urlOf(server, query), options)
  opening.catch(() => {})
  const peer = new Peer(await server.accepted(), answer)
  return { port: await opening, peer }
}

/** A test with an open port and a peer that is made by hand. */
function using(opening: Opening, body: (port: SerialPort, peer: Peer) => Promise<void>): () => Promise<void> {
  return async () => {
    await using server = await TcpServer.listen()
    const { peer, port } = await opened(server, opening)
    await body(port, peer)
    await port.close()
  }
}

describe('opening rfc2217://', limit, () => {
  it(
    'asks for all settings in one go, and for no lines that were not named',
    using(
      { baudRate: 19200, dataBits: 7, parity: 'even', stopBits: 2, flowControl: 'hardware' },
      async (port, peer) => {
        const asked = peer.heard.map(({ command, value }) => `${command} ${value}`)
        assert.deepEqual(asked, [
          'modemStateMask 255',
          'lineStateMask 0',
          'baudRate 19200',
          'dataBits 7',
          'parity 3',
          'stopBits 2',
          'control 3',
        ])
        assert.deepEqual([port.settings.baudRate, port.settings.parity], [19200, 'even'])
      },
    ),
  )

  it(
    'sets DTR and RTS as the options have it',
    using({ dtr: false, rts: true, lineErrors: 'report' }, async (_port, peer) => {
      assert.deepEqual(peer.values('control'), [1, 9, 11])
      assert.deepEqual(peer.values('lineStateMask'), [30])
    }),
  )

  it(
    'believes the server: a baud rate that it chose is in the settings',
    using(
      {
        baudRate: 115_201,
        answer: (message) => (message.command === 'baudRate' ? ['baudRate', 115_200] : obliging(message)),
      },
      async (port, peer) => {
        assert.equal(port.settings.baudRate, 115_200)
        await port.reconfigure({ baudRate: 31_250 })
        assert.equal(port.settings.baudRate, 115_200)
        peer.answer = (message) => (message.command === 'baudRate' ? ['baudRate', 31_300] : obliging(message))
        await port.reconfigure({ baudRate: 31_250 })
        assert.equal(port.settings.baudRate, 31_300)
      },
    ),
  )

  it('is UNSUPPORTED where the server does not take another setting, and gives all back', async () => {
    await using server = await TcpServer.listen()
    const answer: Answering = (message) => (message.command === 'parity' ? ['parity', 1] : obliging(message))
    await givesAllBack(async () => {
      const opening = rejectsWith('UNSUPPORTED', open(urlOf(server), { parity: 'mark' }))
      const { socket } = new Peer(await server.accepted(), answer)
      assert.match((await opening).message, /does not take parity mark/)
      socket.destroy()
    })
  })

  it('says who it is also where that is asked with the negotiation', async () => {
    await using server = await TcpServer.listen()
    const opening = open(urlOf(server))
    const socket = await server.accepted()
    socket.write(new Protocol('server').encode('signature'))
    const peer = new Peer(socket, obliging)
    await using port = await opening
    await eventually('it has answered', () => peer.heard.some(({ text }) => text === 'baud'))
    assert.ok(port.isOpen)
  })

  it('gets its answers also where the device has talked for long before, and loses nothing of that', async () => {
    await using server = await TcpServer.listen()
    const opening = open(urlOf(server, '?timeout=20'))
    const socket = await server.accepted()
    // Before the first word of the negotiation, so that all answers stand behind it.
    const total = 4_000_000
    socket.write(Buffer.alloc(total, 'x'))
    const peer = new Peer(socket, obliging)
    await using port = await opening
    assert.equal((await port.readExactly(total, { timeout: 20_000 })).length, total)
    peer.send(Buffer.from('on'))
    assert.equal(String(await port.readExactly(2, { timeout: 5000 })), 'on')
  })

  it('does without SUPPRESS-GO-AHEAD either way, where the server refuses it', async () => {
    await using server = await TcpServer.listen()
    const opening = open(urlOf(server), { baudRate: 19200 })
    const socket = await server.accepted()
    const negotiation: number[] = []
    socket.once('data', (chunk: Buffer) => {
      negotiation.push(...chunk)
      // Nobody waits for a go-ahead, so that it is suppressed changes nothing.
      socket.write(Uint8Array.of(255, 252, 3, 255, 254, 3))
      socket.unshift(chunk)
      void new Peer(socket, obliging)
    })
    socket.resume()
    await using port = await opening
    assert.equal(port.settings.baudRate, 19200)
    // WILL and DO, of BINARY and of SUPPRESS-GO-AHEAD.
    for (const [verb, option] of [
      [251, 0],
      [253, 0],
      [251, 3],
      [253, 3],
    ] as const) {
      assert.ok(Buffer.from(negotiation).includes(Buffer.of(255, verb, option)), `${verb} ${option}`)
    }
  })

  const silences: readonly (readonly [string, (socket: Socket) => void, RegExp])[] = [
    ['says nothing', () => {}, /negotiation of RFC 2217 .*socket:\/\//],
    [
      'negotiates and then says nothing',
      (socket) => void new Peer(socket, () => undefined),
      /did not answer/,
    ],
    [
      'sends data without end',
      (socket) => void setInterval(() => socket.write('x'), 5).unref(),
      /negotiation/,
    ],
  ]
  for (const [what, behave, words] of silences) {
    it(`is TIMEOUT within the bound when the server ${what}`, async () => {
      await using server = await TcpServer.listen()
      const opening = rejectsWith('TIMEOUT', open(urlOf(server, '?timeout=0.2')))
      const socket = await server.accepted()
      socket.resume()
      behave(socket)
      const { ms, result } = await timed(opening)
      assert.match(result.message, words)
      assert.ok(ms > 100 && ms < 10_000, `${ms} ms`)
    })
  }

  const refusals: readonly (readonly [string, number[], SerialErrorCode, RegExp])[] = [
    ['RFC 2217', [255, 254, 44], 'UNSUPPORTED', /does not offer its port by RFC 2217/],
    ['to take all bytes', [255, 254, 0], 'UNSUPPORTED', /BINARY/],
    ['to send all bytes', [255, 252, 0], 'UNSUPPORTED', /BINARY/],
  ]
  for (const [what, bytes, code, words] of refusals) {
    it(`is ${code} when the server refuses ${what}`, async () => {
      await using server = await TcpServer.listen()
      const opening = rejectsWith(code, open(urlOf(server)))
      const socket = await server.accepted()
      socket.write(Uint8Array.from(bytes))
      assert.match((await opening).message, words)
    })
  }

  it('ends with its signal also between the negotiation and the settings, of which none is sent', async () => {
    await using server = await TcpServer.listen()
    const stop = new AbortController()
    const { signal } = stop
    // What listens to the signal is taken off when the connection is made, and when all is negotiated.
    let stages = 0
    const remove = signal.removeEventListener.bind(signal)
    signal.removeEventListener = (...what: Parameters<typeof remove>) => {
      remove(...what)
      if (++stages === 2) stop.abort()
    }
    const opening = rejectsWith('ABORTED', open(urlOf(server, '?timeout=30'), { signal }))
    const peer = new Peer(await server.accepted(), () => undefined)
    await within(15_000, opening)
    assert.deepEqual([stages >= 2, peer.heard.length], [true, 0])
  })

  it('ends with the connection, and with its signal, at every stage', async () => {
    await using server = await TcpServer.listen()
    await givesAllBack(async () => {
      for (const stage of ['connected', 'negotiated'] as const) {
        const behave = (socket: Socket) => stage === 'negotiated' && new Peer(socket, () => undefined)
        const lost = rejectsWith('DISCONNECTED', open(urlOf(server)))
        const socket = await server.accepted()
        behave(socket)
        await sleep(30)
        socket.destroy()
        await lost

        const stop = new AbortController()
        const aborted = rejectsWith('ABORTED', open(urlOf(server), { signal: stop.signal }))
        const other = await server.accepted()
        behave(other)
        await sleep(30)
        stop.abort()
        await within(1000, aborted)
        other.destroy()
      }
    })
  })

  const urls: readonly (readonly [string, RegExp])[] = [
    ['rfc2217://', /the host is/],
    ['rfc2217://h', /the port is missing/],
    ['rfc2217://h:0', /the port/],
    ['rfc2217://u@h:1', /knows no users/],
    ['rfc2217://h:1?timeout=0', /timeout .*seconds/],
    ['rfc2217://h:1?ign_set_control=maybe', /ign_set_control/],
    ['rfc2217://h:1?logging=debug', /open spy:\/\/rfc2217/],
    ['rfc2217://h:1?speed=3', /known are ign_set_control, poll_modem, timeout/],
  ]
  for (const [url, words] of urls) {
    it(`${url} is refused`, async () => {
      assert.match((await rejectsWith('INVALID_OPTION', open(url))).message, words)
    })
  }

  it('refuses RS-485, of which RFC 2217 knows nothing', async () => {
    await rejectsWith('UNSUPPORTED', open('rfc2217://h:1', { rs485: {} }))
  })
})

describe('rfc2217:// asks', limit, () => {
  it(
    'for lines without waiting in between, and together for those that are set together',
    using({}, async (port, peer) => {
      peer.heard.length = 0
      peer.answer = () => undefined
      // As a chip is reset: nobody waits for a round trip.
      const steps = [port.setSignals({ dtr: false, rts: true }), port.setSignals({ dtr: true, rts: false })]
      await eventually('all have come', () => peer.heard.length === 4)
      for (const { command, value } of peer.heard) peer.tell(command, value)
      await Promise.all(steps)
      assert.deepEqual(peer.values('control'), [9, 11, 8, 12])
    }),
  )

  it(
    'and hears that a line was not set',
    using({}, async (port, peer) => {
      peer.answer = () => ['control', 8]
      assert.match((await rejectsWith('REMOTE', port.setSignals({ dtr: false }))).message, /dtr/)
    }),
  )

  it(
    'and does not wait for ever: TIMEOUT, and the port is still of use',
    using({ query: '?timeout=0.2' }, async (port, peer) => {
      peer.answer = () => undefined
      const failing = [
        rejectsWith('TIMEOUT', port.setSignals({ rts: true })),
        rejectsWith('TIMEOUT', port.reconfigure({ parity: 'odd' })),
        rejectsWith('TIMEOUT', port.purge('input')),
        rejectsWith('TIMEOUT', port.getSignals()),
        rejectsWith('TIMEOUT', port.drain({ timeout: 100 })),
      ]
      const { ms } = await timed(Promise.all(failing))
      assert.ok(ms < 5000, `${ms} ms`)
      peer.answer = obliging
      await port.setSignals({ rts: true })
      await port.purge()
      peer.send(Buffer.from('on'))
      assert.equal(String(await port.readExactly(2, { timeout: 5000 })), 'on')
    }),
  )

  it(
    'for longer than the time-out, where the server gives signs of life',
    using({ query: '?timeout=2' }, async (port, peer) => {
      peer.answer = () => undefined
      const giving = setInterval(() => peer.socket.write(timingMark), 50).unref()
      const asking = port.reconfigure({ baudRate: 1200 })
      await Promise.race([asking, sleep(5000)])
      peer.tell('baudRate', 1200)
      await asking
      clearInterval(giving)
      assert.equal(port.settings.baudRate, 1200)
    }),
  )

  it(
    'but not for ever: TIMEOUT, which says that it is there',
    using({ query: '?timeout=0.5' }, async (port, peer) => {
      peer.answer = () => undefined
      const giving = setInterval(() => peer.socket.write(timingMark), 50).unref()
      const { message } = await rejectsWith('TIMEOUT', within(30_000, port.reconfigure({ baudRate: 1200 })))
      clearInterval(giving)
      assert.match(message, /it is there/)
    }),
  )

  it(
    'and takes an answer that is late for what it is',
    using({ query: '?timeout=0.2' }, async (port, peer) => {
      peer.answer = () => undefined
      await rejectsWith('TIMEOUT', port.reconfigure({ baudRate: 300 }))
      const second = port.reconfigure({ baudRate: 600 })
      await eventually('it is asked', () => peer.values('baudRate').includes(600))
      peer.tell('baudRate', 300)
      peer.tell('baudRate', 601)
      await second
      assert.equal(port.settings.baudRate, 601)
    }),
  )

  it(
    'again for what was not answered, whatever is asked next: the server may have set it',
    using({ query: '?timeout=0.2' }, async (port, peer) => {
      peer.answer = () => undefined
      await rejectsWith('TIMEOUT', port.reconfigure({ baudRate: 300 }))
      await rejectsWith('TIMEOUT', port.reconfigure({ parity: 'odd' }))
      peer.answer = obliging
      await port.reconfigure({ baudRate: 9600 })
      assert.deepEqual([peer.values('baudRate').at(-1), peer.values('parity').at(-1)], [9600, 1])
      const { length } = peer.heard
      await port.reconfigure({ baudRate: 9600 })
      assert.equal(peer.heard.length, length)
    }),
  )

  it(
    'and takes an answer that fits for that to the second question, when the first was never answered',
    using({ query: '?timeout=0.2' }, async (port, peer) => {
      peer.answer = () => undefined
      await rejectsWith('TIMEOUT', port.reconfigure({ baudRate: 300 }))
      peer.answer = obliging
      await port.reconfigure({ baudRate: 600 })
      assert.equal(port.settings.baudRate, 600)
    }),
  )

  // ser2net 4.3 says of a break that it is on, whether it began, ended or was asked for.
  it(
    'for the end of a break, and takes any answer for done',
    using({}, async (port, peer) => {
      peer.answer = ({ value }) => ['control', value === 4 || value === 6 ? 5 : value]
      await port.sendBreak(1)
      assert.deepEqual(peer.values('control').slice(-2), [5, 6])
    }),
  )
  it(
    'for a break, and hears that there is none',
    using({}, async (port, peer) => {
      peer.answer = () => ['control', 6]
      assert.match((await rejectsWith('REMOTE', port.setSignals({ break: true }))).message, /break/)
    }),
  )

  // ser2net 4.3 takes 17 and 19 for flow control of what is received, and answers about that.
  it(
    'for flow control by DSR, and takes an answer about what is received for a no',
    using({}, async (port, peer) => {
      peer.answer = (message) => (message.value === 19 ? ['control', 14] : obliging(message))
      await rejectsWith('UNSUPPORTED', port.reconfigure({ flowControl: 'dsr-dtr' }))
      assert.equal(peer.values('control').at(-1), 1)
      assert.equal(port.settings.flowControl, 'none')
    }),
  )

  // sredird 2.2.1 answers "no flow control" to whatever line is set, as pySerial's notes on servers have it.
  it(
    'sredird with ign_set_control alone',
    using(
      {
        answer: (message) => (message.command === 'control' ? ['control', 1] : obliging(message)),
        query: '?timeout=0.2',
      },
      async (port) => {
        const { message } = await rejectsWith('TIMEOUT', port.setSignals({ dtr: true }))
        assert.match(message, /ign_set_control/)
      },
    ),
  )
  it(
    'for nothing of SET-CONTROL with ign_set_control, also when opening',
    using(
      {
        dtr: false,
        flowControl: 'hardware',
        answer: (message) => (message.command === 'control' ? undefined : obliging(message)),
        query: '?ign_set_control&timeout=1',
      },
      async (port, peer) => {
        await port.setSignals({ dtr: true })
        await eventually('it is told', () => peer.values('control').join() === '3,9,8')
      },
    ),
  )

  it(
    'for the input lines once, and each time with poll_modem',
    using({}, async (port, peer) => {
      peer.answer = () => ['modemState', 0x90]
      assert.deepEqual(await port.getSignals(), { cts: true, dsr: false, dcd: true, ri: false })
      peer.tell('modemState', 0x22)
      await port.setSignals({}).catch(() => {})
      await eventually('it is heard', () => peer.values('modemState').length === 1)
      while (!(await port.getSignals()).dsr) await sleep(1)
      assert.equal(peer.values('modemState').length, 1)
    }),
  )
  it(
    'for the input lines each time with poll_modem',
    using({ query: '?poll_modem' }, async (port, peer) => {
      peer.answer = () => ['modemState', 0x10]
      for (let count = 0; count < 3; count++) assert.equal((await port.getSignals()).cts, true)
      assert.equal(peer.values('modemState').length, 3)
    }),
  )

  it(
    'and gets its answer although nobody reads what stands before it',
    using({ receiveBufferSize: 1024 }, async (port, peer) => {
      peer.send(Buffer.alloc(300_000, 'x'))
      await eventually('it is full', () => port.bytesToRead >= 1024)
      await port.setSignals({ dtr: true })
      await port.drain({ timeout: 5000 })
      assert.equal((await port.readExactly(300_000, { timeout: 5000 })).length, 300_000)
    }),
  )

  it(
    'who it is, and says so itself',
    using({}, async (port, peer) => {
      peer.tell('signature')
      await eventually('it has answered', () => peer.heard.some(({ text }) => text === 'baud'))
      peer.tell('signature', 0, 'a server')
      await port.drain({ timeout: 5000 })
    }),
  )
})

describe('rfc2217:// hears', limit, () => {
  it(
    'of lines that change, without asking, while somebody listens',
    using({}, async (port, peer) => {
      const heard: InputSignals[] = []
      peer.tell('modemState', 0x11)
      await port.drain({ timeout: 5000 })
      port.on('signals', (signals) => heard.push(signals))
      for (const state of [0x32, 0x30, 0x12, 0x10, 0x11]) peer.tell('modemState', state)
      await port.drain({ timeout: 5000 })
      // What changes nothing is no event; a pulse that is over is one.
      assert.deepEqual(
        heard.map(({ cts, dsr }) => `${cts} ${dsr}`),
        ['true true', 'true false', 'true false'],
      )
      assert.equal(peer.values('modemState').length, 0)
    }),
  )

  it(
    'of line errors in their place, also when they wait for a reader',
    using({ lineErrors: 'report', receiveBufferSize: 64 }, async (port, peer) => {
      const errors: LineError[] = []
      port.on('lineError', (error) => {
        errors.push(error)
        assert.equal(port.position + port.bytesToRead, error.offset)
      })
      peer.send(Buffer.alloc(100, 'x'))
      peer.tell('lineState', 0x08)
      peer.send(Buffer.alloc(100, 'y'))
      peer.tell('lineState', 0x61)
      peer.tell('lineState', 0x16)
      peer.send(Buffer.alloc(1000, 'z'))
      await eventually('it is full', () => port.bytesToRead >= 64)
      await port.readExactly(1200, { timeout: 5000 })
      assert.deepEqual(errors, [
        { kind: 'framing', offset: 100 },
        { kind: 'overrun', offset: 200 },
        { kind: 'break', offset: 200 },
        { kind: 'parity', offset: 200 },
      ])
    }),
  )

  it(
    'of line errors in their place, also behind bytes that were purged before anybody had them',
    using({ lineErrors: 'report', receiveBufferSize: 64 }, async (port, peer) => {
      const errors: LineError[] = []
      port.on('lineError', (error) => errors.push(error))
      peer.send(Buffer.alloc(100, 'x'))
      await eventually('the buffer is full', () => port.bytesToRead === 100)
      peer.send(Buffer.alloc(5000, 'x'))
      await eventually('the rest waits before it', () => port.bytesToRead === 5100)
      await port.purge('input')
      const begin = port.position
      peer.send(Buffer.from('ab'))
      peer.tell('lineState', 0x08)
      peer.send(Buffer.from('cd'))
      assert.equal(String(await port.readExactly(4, { timeout: 5000 })), 'abcd')
      assert.deepEqual(errors, [{ kind: 'framing', offset: begin + 2 }])
    }),
  )

  it(
    'that it shall send nothing for a while',
    using({}, async (port, peer) => {
      peer.tell('suspend')
      await port.drain({ timeout: 100 }).catch(() => {})
      peer.heard.length = 0
      const writing = port.write('late')
      const asking = port.setSignals({ dtr: true })
      await sleep(100)
      assert.deepEqual([String(peer.data), peer.heard.length], ['', 0])
      assert.equal((await rejectsWith('TIMEOUT', port.write('never', { timeout: 20 }))).bytesTransferred, 0)
      peer.tell('resume')
      assert.equal(await writing, 4)
      await asking
      await eventually('it has come', () => String(peer.data) === 'late')
    }),
  )

  it(
    'that bytes which were on their way when it purged are gone',
    using({ receiveBufferSize: 64 }, async (port, peer) => {
      peer.answer = () => undefined
      peer.send(Buffer.alloc(1000, 'old'))
      await eventually('it is there', () => port.bytesToRead === 1000)
      const purging = port.purge('input')
      await eventually('it is asked', () => peer.values('purge').length === 1)
      peer.send(Buffer.alloc(1000, 'older'))
      peer.tell('purge', 1)
      await purging
      peer.send(Buffer.from('new'))
      assert.equal(String(await port.readExactly(3, { timeout: 5000 })), 'new')
    }),
  )

  it(
    'of the end, behind everything that came before it',
    using({ receiveBufferSize: 64 }, async (port, peer) => {
      const asking = rejectsWith('DISCONNECTED', port.drain())
      peer.answer = () => undefined
      const setting = rejectsWith('DISCONNECTED', port.setSignals({ rts: true }))
      peer.send(Buffer.alloc(5000, 'x'))
      peer.socket.end()
      await asking.catch(() => {})
      await setting
      assert.equal((await port.readExactly(5000, { timeout: 5000 })).length, 5000)
      assert.equal((await within(5000, port.closed))?.code, 'DISCONNECTED')
      await rejectsWith('DISCONNECTED', port.setSignals({ rts: true }))
    }),
  )
})

describe('closing rfc2217://', limit, () => {
  it(
    'lets go of DTR and RTS with hangupOnClose, and ends what is asked',
    using({ hangupOnClose: true }, async (port, peer) => {
      peer.heard.length = 0
      peer.answer = () => undefined
      const asking = rejectsWith('PORT_NOT_OPEN', port.setSignals({ break: true }))
      await port.write('bye')
      await port.close()
      await asking
      await eventually('it is told', () => peer.values('control').join() === '5,9,12')
      assert.equal(String(peer.data), 'bye')
    }),
  )

  it('gives everything back, many times', async () => {
    await using server = await TcpServer.listen()
    await givesAllBack(async () => {
      for (let round = 0; round < 50; round++) {
        const { peer, port } = await opened(server)
        peer.socket.on('end', () => peer.socket.destroy())
        await port.close()
      }
    })
  })
})

describe('rfc2217:// survives', limit, () => {
  for (const [how, stop] of [
    ['wants to be sent nothing', (peer: Peer) => peer.tell('suspend')],
    ['does not read', (peer: Peer) => void peer.socket.pause()],
  ] as const) {
    it(
      `a server that asks and asks, and ${how}: it is REMOTE`,
      using({}, async (port, peer) => {
        stop(peer)
        // DO for an option that nobody knows. Source: RFC 854.
        const flood = Buffer.alloc(300_000, Uint8Array.of(255, 253, 99))
        const push = () => {
          while (!peer.socket.destroyed && peer.socket.write(flood));
        }
        peer.socket.on('drain', push)
        push()
        const writing = rejectsWith('REMOTE', port.write(Buffer.alloc(20_000_000)))
        const reason = await within(30_000, port.closed)
        peer.socket.destroy()
        assert.equal(reason?.code, 'REMOTE')
        assert.match(reason?.message ?? '', /takes no answers/)
        await writing
        await rejectsWith('REMOTE', port.write('x'))
      }),
    )
  }
})
