import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { open, SerialError } from '../../src/index.ts'
import type { SerialErrorCode } from '../../src/index.ts'
import { bind } from '../../src/native/ffi.ts'
import { brokenError, connectError } from '../../src/tcp/errors.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { freeNumber } from '../support/other-server.ts'
import { givesAllBack } from '../support/resources.ts'
import { TcpServer, triedAfter } from '../support/tcp.ts'
import { timed } from '../support/wait.ts'

const limit = { timeout: 30_000 }

/**
 * A port of this host that does not answer: a thread listens there, with the shortest of queues, and never takes
 * a connection, until the queue is full and the system drops all further ones. Source: listen(2), tcp(7).
 */
class BlackHole {
  readonly #worker: Worker
  readonly #fillers: Socket[] = []
  port = 0

  constructor() {
    this.#worker = new Worker(
      `const { parentPort } = require('node:worker_threads')
       const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
         parentPort.postMessage(server.address().port)
         setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 50)
       })`,
      { eval: true },
    )
  }

  async fill(): Promise<void> {
    this.port = await new Promise((resolve) => this.#worker.once('message', resolve))
    await sleep(200)
    for (let unanswered = 0; unanswered < 2;) {
      const socket = connect(this.port, '127.0.0.1').on('error', () => {})
      this.#fillers.push(socket)
      let answered = false
      socket.on('connect', () => (answered = true))
      await sleep(100)
      unanswered = answered ? 0 : unanswered + 1
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#fillers) socket.destroy()
    await this.#worker.terminate()
  }
}

/** The descriptors of this process that are sockets. */
function sockets(): number[] {
  const isSocket = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')
    } catch {
      // The one with which this folder was read.
      return false
    }
  }
  return readdirSync('/proc/self/fd').filter(isSocket).map(Number)
}

const { getsockopt } = bind('libc.so.6', {
  getsockopt: {
    returns: 'int',
    takes: ['int sockfd', 'int level', 'int optname', 'pointer optval', 'pointer optlen'],
  },
})

/** Source: include/uapi/linux/in.h and tcp.h: IPPROTO_TCP, TCP_NODELAY. */
function hasNoDelay(fd: number): boolean {
  const value = new Int32Array(1)
  const length = Int32Array.of(4)
  assert.equal(getsockopt(fd, 6, 1, new Uint8Array(value.buffer), new Uint8Array(length.buffer)), 0)
  return value[0] !== 0
}

describe('connecting', limit, () => {
  it('to a port where nobody listens is PORT_NOT_FOUND', async () => {
    const port = await freeNumber()
    const url = `socket://127.0.0.1:${port}`
    const error = await rejectsWith('PORT_NOT_FOUND', open(url))
    assert.deepEqual([error.errnoName, error.syscall, error.path], ['ECONNREFUSED', 'connect', url])
    assert.equal(error.errno, 111)
    assert.match(error.message, /is the server running/)
    // By a name with several addresses.
    const named = await rejectsWith('PORT_NOT_FOUND', open(`socket://localhost:${port}`))
    assert.equal(named.errnoName, 'ECONNREFUSED')
  })

  it('to a host of no such name says so', async () => {
    const error: unknown = await open('socket://there-is-no-such-host.invalid:1').catch(
      (cause: unknown) => cause,
    )
    assert.ok(error instanceof SerialError)
    assert.ok(error.code === 'PORT_NOT_FOUND' || error.errnoName === 'EAI_AGAIN', error.message)
    assert.equal(error.errno, undefined)
    assert.match(error.message, /name/)
  })

  it('ends with its time-out, or its signal, where nobody answers', async () => {
    await using hole = new BlackHole()
    await hole.fill()
    const url = `socket://127.0.0.1:${hole.port}`
    await givesAllBack(async () => {
      const { ms, result } = await timed(() => rejectsWith('TIMEOUT', open(`${url}?timeout=0.2`)))
      assert.ok(ms >= 199 && ms < 3000, `${ms} ms`)
      assert.match(result.message, /did not answer within 200 ms/)
      const stop = new AbortController()
      const opening = rejectsWith('ABORTED', open(url, { signal: stop.signal }))
      await sleep(50)
      stop.abort(new Error('enough'))
      assert.equal(((await opening).cause as Error).message, 'enough')
      await rejectsWith('ABORTED', open(url, { signal: AbortSignal.timeout(50) }))
    })
  })

  it('leaves nothing behind when it fails', async () => {
    const url = `socket://127.0.0.1:${await freeNumber()}`
    const { signal } = new AbortController()
    await givesAllBack(async () => {
      for (let round = 0; round < 100; round++) await rejectsWith('PORT_NOT_FOUND', open(url, { signal }))
    })
  })

  it('leaves no listener on its signal, whatever comes of it', async () => {
    await using server = await TcpServer.listen()
    const { signal } = new AbortController()
    await using port = await open(server.url, { signal })
    await server.close()
    await rejectsWith('PORT_NOT_FOUND', open(port.path, { signal }))
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })

  it('has the system send small pieces at once', async () => {
    await using server = await TcpServer.listen()
    const before = new Set(sockets())
    await using port = await open(server.url)
    const peer = await server.accepted()
    const fds = sockets().filter((fd) => !before.has(fd))
    // Ours and the peer's, which the test's server has set up in the same way.
    assert.deepEqual(fds.map(hasNoDelay), [true, true])
    assert.ok(port.isOpen && !peer.destroyed)
  })

  it('has the system try a silent connection', async () => {
    await using server = await TcpServer.listen()
    await using port = await open(server.url)
    const peer = await server.accepted()
    const ms = triedAfter(peer.remotePort ?? 0)
    assert.ok(ms !== undefined && ms <= 15_000, `${ms} ms`)
    assert.ok(port.isOpen)
  })
})

describe('the system says why, and so does the error:', () => {
  const address = { host: 'h', port: 1, timeout: 1 }
  const opening: readonly [string, SerialErrorCode, RegExp][] = [
    ['ECONNREFUSED', 'PORT_NOT_FOUND', /nobody listens/],
    ['ENOTFOUND', 'PORT_NOT_FOUND', /no host of this name/],
    ['EAI_AGAIN', 'IO', /try again/],
    ['ETIMEDOUT', 'TIMEOUT', /does not answer/],
    ['EHOSTUNREACH', 'DISCONNECTED', /no way/],
    ['ENETUNREACH', 'DISCONNECTED', /no way/],
    ['EHOSTDOWN', 'DISCONNECTED', /down/],
    ['ENETDOWN', 'DISCONNECTED', /down/],
    ['ECONNRESET', 'DISCONNECTED', /at once/],
    ['EACCES', 'ACCESS_DENIED', /does not allow/],
    ['EPERM', 'ACCESS_DENIED', /does not allow/],
    ['EMFILE', 'IO', /refused/],
  ]
  for (const [name, code, words] of opening) {
    it(`${name} while connecting`, () => {
      const cause = Object.assign(new Error(name), { code: name, errno: -13 })
      const error = connectError('socket://h:1', address, cause)
      assert.deepEqual([error.code, error.errnoName, error.errno, error.cause], [code, name, 13, cause])
      assert.match(error.message, /^socket:\/\/h:1: h port 1: /)
      assert.match(error.message, words)
    })
  }

  const broken: readonly [string, SerialErrorCode][] = [
    ['ECONNRESET', 'DISCONNECTED'],
    ['EPIPE', 'DISCONNECTED'],
    ['ECONNABORTED', 'DISCONNECTED'],
    ['ETIMEDOUT', 'DISCONNECTED'],
    ['EHOSTUNREACH', 'DISCONNECTED'],
    ['ENETUNREACH', 'DISCONNECTED'],
    ['ENETDOWN', 'DISCONNECTED'],
    ['EHOSTDOWN', 'DISCONNECTED'],
    ['ENOBUFS', 'IO'],
  ]
  for (const [name, code] of broken) {
    it(`${name} on an open connection`, () => {
      const error = brokenError(
        'u',
        Object.assign(new Error(name), { code: name, errno: -4077, syscall: 'write' }),
      )
      // Numbers that libuv makes up are not the system's.
      assert.deepEqual(
        [error.code, error.errnoName, error.errno, error.syscall],
        [code, name, undefined, 'write'],
      )
    })
  }
})
