import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loop } from '../../src/virtual/index.ts'
import { Served } from '../rfc2217/served.ts'
import { TcpServer } from '../support/tcp.ts'
import { baud, eventually, Running, Terminal } from './support.ts'

/** A host that answers each line that it is sent with the same in capitals. */
async function capitals(): Promise<TcpServer> {
  const server = await TcpServer.listen()
  void server.accepted().then((socket) => {
    socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()))
    socket.on('end', () => socket.end())
    socket.resume()
  })
  return server
}

describe('the command line on URLs', { concurrency: 3 }, () => {
  it('sends to socket:// and prints the reply', async () => {
    await using server = await capitals()
    assert.deepEqual(await baud(['send', server.url, 'hello', '--eol', 'lf', '--lines', '1']), {
      code: 0,
      stdout: 'HELLO\n',
      stderr: '',
    })
  })

  it('sends to loop:// and gets it back', async () => {
    const { code, stdout } = await baud(['send', 'loop://', 'a', 'b', '--wait', '100', '--json'])
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(stdout), { port: 'loop://', sent: 3, reply: 'a b', replyHex: '612062' })
  })

  it('pipes through socket:// and loop://', async () => {
    await using server = await capitals()
    for (const [url, stdout] of [
      [server.url, 'IN AND OUT'],
      ['loop://', 'in and out'],
    ] as const) {
      assert.deepEqual(await baud(['monitor', url, '--idle', '200'], 'in and out'), {
        code: 0,
        stdout,
        stderr: '',
      })
    }
  })

  it('sends to rfc2217:// and pipes through it, with its settings', async () => {
    await using shared = loop()
    await using served = await Served.begin(shared)
    const rates: number[] = []
    const args = ['--baud', '115200', '--parity', 'even']
    const looking = setInterval(() => rates.push(shared.settings.baudRate), 5)
    assert.deepEqual(await baud(['send', served.url, 'hello', '--eol', 'lf', '--lines', '1', ...args]), {
      code: 0,
      stdout: 'hello\n',
      stderr: '',
    })
    clearInterval(looking)
    assert.ok(rates.includes(115200))
    await served.sessions[0]?.closed
    assert.deepEqual(await baud(['monitor', served.url, '--idle', '200'], 'in and out'), {
      code: 0,
      stdout: 'in and out',
      stderr: '',
    })
  })

  it('ends when the other end does, after what it said', async () => {
    await using server = await TcpServer.listen()
    await using running = new Running(['monitor', server.url, '--stay'])
    const peer = await server.accepted()
    peer.end('last words')
    const { code, stderr, stdout } = await running.ended()
    assert.deepEqual([code, stdout], [1, 'last words'])
    assert.match(stderr, /^baud: DISCONNECTED: socket:.*: the other end has closed the connection\n$/)
  })

  it('is a terminal on socket://, and says what that has not', async () => {
    await using server = await capitals()
    await using terminal = await Terminal.create()
    const running = terminal.run(['monitor', server.url])
    await terminal.hears('quits')
    await terminal.say('abc\r')
    await terminal.hears('ABC')
    await terminal.say('\x14\x04')
    await terminal.hears('UNSUPPORTED')
    await terminal.say('\x1d')
    assert.equal((await running.ended()).code, 0)
  })

  it('logs with spy:// to standard error', async () => {
    const { code, stderr, stdout } = await baud(['send', 'spy://loop://', 'hi', '--wait', '50'])
    assert.deepEqual([code, stdout], [0, 'hi'])
    assert.match(stderr, /^000000\.\d{3} TX   0000  68 69 +hi\n000000\.\d{3} Q-TX flush\n/)
    assert.match(stderr, / RX   0000  68 69 +hi\n/)
  })

  it('tells wrong usage from a port that fails', async () => {
    const cases: [string, number, RegExp][] = [
      ['socket://host', 2, /^baud: INVALID_OPTION: socket:\/\/host: the port is missing/],
      ['loop://?speed=1', 2, /^baud: INVALID_OPTION: .*known are paced/],
      ['quux://x', 1, /^baud: UNSUPPORTED: .*known are alt, hwgrep, loop/],
      ['hwgrep://no such port', 1, /^baud: PORT_NOT_FOUND: /],
      ['socket://127.0.0.1:1', 1, /^baud: PORT_NOT_FOUND: .*nobody listens there/],
    ]
    for (const [url, code, words] of cases) {
      const outcome = await baud(['send', url, 'x'])
      assert.equal(outcome.code, code, url)
      assert.match(outcome.stderr, words)
    }
  })

  it('finds out why a URL can not be opened', async () => {
    await using server = await capitals()
    const well = await baud(['doctor', server.url])
    assert.equal(well.code, 0)
    assert.match(well.stdout, /✓ open +it can be opened/)
    const ill = await baud(['doctor', 'socket://127.0.0.1:1'])
    assert.equal(ill.code, 1)
    assert.match(ill.stdout, /✗ open +PORT_NOT_FOUND: .*nobody listens/)
    const unopened = await baud(['doctor', '--no-open', 'socket://127.0.0.1:1'])
    assert.equal(unopened.code, 0)
    assert.match(unopened.stdout, /nothing to look at/)
  })

  it('is stopped by a signal', async () => {
    await using server = await TcpServer.listen()
    await using running = new Running(['monitor', server.url, '--stay'])
    await eventually(
      () => 'a connection',
      () => server.count === 1,
    )
    running.signal('SIGTERM')
    assert.equal((await running.ended()).code, 143)
  })
})
