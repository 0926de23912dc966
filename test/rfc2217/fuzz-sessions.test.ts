// Spoiled streams on real connections: for the server's sessions, and for our client's ports.
import assert from 'node:assert/strict'
import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { it } from 'node:test'
import { open } from '../../src/index.ts'
import { encode } from '../../src/rfc2217/com-port.ts'
import type { Message, Role } from '../../src/rfc2217/com-port.ts'
import { Protocol } from '../../src/rfc2217/protocol.ts'
import { iac, se } from '../../src/rfc2217/telnet.ts'
import { loop } from '../../src/virtual/index.ts'
import { seeded } from '../support/random.ts'
import type { Random } from '../support/random.ts'
import { TcpServer } from '../support/tcp.ts'
import { eventually, within } from '../support/wait.ts'
import { Served } from './served.ts'
import { cut, sensible, spoil, streams } from './spoiled.ts'

const limit = { timeout: 1_000_000 }

/** Each side gets so many, in batches; after each it has to be of use. */
const [batches, batchSize] = [Math.ceil(streams / 400), 20]

/** How much more memory may be held in the end (bytes): what was sent is some hundred times as much. */
const mostGrown = 16_000_000

/** What speaks to the one under test: Telnet by the book, and spoiled streams in between. */
class Nuisance {
  readonly socket: Socket
  readonly #role: Role
  readonly #protocol: Protocol
  #heard: Message[] = []
  /** What it has said since it does not know itself: its replies to the replies would go round for ever. */
  #isAnnoying = false

  constructor(socket: Socket, role: Role, answer: (message: Message) => void = () => {}) {
    this.socket = socket
    this.#role = role
    this.#protocol = new Protocol(role)
    socket.setNoDelay()
    socket.write(this.#protocol.begin())
    socket.on('data', (chunk: Buffer) => {
      for (const event of this.#protocol.receive(chunk)) {
        if (event.kind === 'reply' && !this.#isAnnoying) socket.write(event.bytes)
        if (event.kind !== 'message') continue
        this.#heard.push(event.message)
        answer(event.message)
      }
    })
    socket.resume()
  }

  /** Says these, each with its value. */
  tell(...messages: readonly (readonly [Message['command'], number])[]): void {
    this.socket.write(Buffer.concat(messages.map((message) => encode(this.#role, ...message))))
  }

  annoy(random: Random): void {
    this.#isAnnoying = true
    const all = Buffer.concat(
      Array.from({ length: batchSize }, () => spoil(random, sensible(random, this.#role))),
    )
    for (const piece of cut(random, all, 200)) this.socket.write(piece)
    // Whatever was begun is ended by this, and what was suspended goes on.
    this.socket.write(Uint8Array.of(0, iac, se, 0))
    this.tell(['resume', 0])
  }

  /** Waits for a message. */
  async hears(command: Message['command'], value: number): Promise<void> {
    const isIt = (message: Message) => message.command === command && message.value === value
    await eventually(`${command} ${value}`, () => this.#heard.some(isIt), 20_000)
    this.#heard = []
  }
}

function memory(): number {
  global.gc?.()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

async function timesWithoutGrowth(step: (count: number) => Promise<void>): Promise<void> {
  for (let count = 0; count < batches / 10; count++) await step(count)
  const before = memory()
  for (let count = 0; count < batches; count++) await step(count)
  const grown = memory() - before
  assert.ok(grown < mostGrown, `${grown} bytes`)
}

it(`a session goes on through ${batches * batchSize} spoiled streams`, limit, () =>
  seeded(async (random) => {
    await using shared = loop()
    await using served = await Served.begin(shared)
    const client = new Nuisance(createConnection(served.number, '127.0.0.1'), 'client')
    await timesWithoutGrowth(async (count) => {
      client.annoy(random)
      // It may have turned on flow control, or a break, and what it wrote then waits for ever.
      const baudRate = 1000 + (count % 1000)
      client.tell(['control', 1], ['control', 6], ['purge', 2], ['baudRate', baudRate])
      await client.hears('baudRate', baudRate)
      assert.equal(shared.settings.baudRate, baudRate)
    })
    // Bytes still come through, and the next client is served.
    client.socket.end()
    await within(20_000, served.sessions[0]?.closed ?? Promise.reject(new Error('no session')))
    await using port = await open(served.url)
    await port.write('on')
    assert.equal(String(await port.readExactly(2, { timeout: 20_000 })), 'on')
  }),
)

it(`a port goes on through ${batches * batchSize} spoiled streams`, limit, () =>
  seeded(async (random) => {
    await using server = await TcpServer.listen()
    const opening = open(`rfc2217://127.0.0.1:${server.port}?timeout=20`, { lineErrors: 'report' })
    const peer: Nuisance = new Nuisance(await server.accepted(), 'server', ({ command, value }) => {
      if (!['signature', 'suspend', 'resume'].includes(command)) peer.tell([command, value])
    })
    await using port = await opening
    let heard = 0
    port.on('signals', () => heard++).on('lineError', () => heard++)
    await timesWithoutGrowth(async (count) => {
      // Asked for while nonsense comes, which may be taken for an answer to it.
      const asking = port.setSignals({ rts: count % 2 === 0 }).catch(() => {})
      peer.annoy(random)
      await asking
      await port.drain({ timeout: 20_000 })
      await port.write('x', { timeout: 20_000 })
      await port.read({ timeout: 0 })
      assert.ok(port.isOpen)
    })
    // Then all is in order again.
    await port.purge('input')
    peer.socket.write('on')
    assert.equal(String(await port.readExactly(2, { timeout: 20_000 })), 'on')
    await port.setSignals({ dtr: true })
  }),
)
