import assert from 'node:assert/strict'
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { open, openSync } from '../../src/index.ts'
import type { SerialErrorCode } from '../../src/index.ts'
import { parseTarget } from '../../src/url.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { TcpServer } from '../support/tcp.ts'

const limit = { timeout: 20_000 }

describe('what is a URL, and what a path', () => {
  for (const plain of [
    '/dev/ttyUSB0',
    'COM3',
    'C:\\ports\\one',
    'C:/ports/one',
    'C://ports/one',
    '\\\\.\\COM10',
    './tcp://host',
    '/tmp/a://b',
    'loop:',
    'loop:/',
    '://host',
    '1st://host',
    'so cket://host',
  ]) {
    it(`${plain} is a path`, () => assert.equal(parseTarget(plain), plain))
  }

  it('anything else is neither', () => {
    for (const given of ['', 5, null, undefined, ['x']])
      throwsWith('INVALID_OPTION', () => parseTarget(given))
  })

  const urls: readonly [given: string, scheme: string, target: string][] = [
    ['loop://', 'loop', ''],
    ['LOOP://', 'loop', ''],
    ['Socket://Host:1', 'socket', 'Host:1'],
    ['spy://socket://h:1?file=a', 'spy', 'socket://h:1?file=a'],
    ['hwgrep://a\nb', 'hwgrep', 'a\nb'],
    ['a1+.-b://x', 'a1+.-b', 'x'],
  ]
  for (const [given, scheme, target] of urls) {
    it(`${JSON.stringify(given)} is a URL`, () =>
      assert.deepEqual(parseTarget(given), { href: given, scheme, target }))
  }
})

/** Refused by both ways of opening, with the same words; what a socket can't do blocking anyway is left out. */
const refusals: readonly [url: string, code: SerialErrorCode, words: RegExp][] = [
  [
    'tcp://host:1',
    'UNSUPPORTED',
    /nothing here opens tcp:\/\/; known are alt, hwgrep, loop, rfc2217, rfc2217s, socket, sockets, spy$/,
  ],
  ['constructor://x', 'UNSUPPORTED', /nothing here opens constructor/],
  ['spy://tcp://host:1', 'UNSUPPORTED', /nothing here opens tcp/],

  ['loop://x', 'INVALID_OPTION', /'x'; allowed: nothing but parameters/],
  ['loop://?speed=1', 'INVALID_OPTION', /no parameter 'speed'; known are paced/],
  ['loop://?paced=no', 'INVALID_OPTION', /paced is 'no'; allowed: the name alone, or 1 or true/],
  ['loop://?paced&paced', 'INVALID_OPTION', /paced is there more than once/],
  ['loop://?paced=%zz', 'INVALID_OPTION', /'%zz'.*%25/],
  ['loop://?__proto__=1', 'INVALID_OPTION', /no parameter '__proto__'/],
  ['loop://?logging=debug', 'INVALID_OPTION', /open spy:\/\/loop:\/\/ instead/],
  ['loop://?logging&paced', 'INVALID_OPTION', /open spy:\/\/loop:\/\/\?paced instead/],
  ['loop://?paced&logging=debug', 'INVALID_OPTION', /open spy:\/\/loop:\/\/\?paced instead/],

  [
    'alt:///dev/ttyS0?class=Serial2',
    'INVALID_OPTION',
    /class is 'Serial2'; allowed: Serial, PosixPollSerial/,
  ],
  ['alt:///dev/ttyS0?klass=Serial', 'INVALID_OPTION', /no parameter 'klass'; known are class/],
  ['alt://', 'INVALID_OPTION', /path is ''/],
  ['alt://loop://?class=Serial2', 'INVALID_OPTION', /class is 'Serial2'/],
  ['alt://loop://?speed=1', 'INVALID_OPTION', /loop:\/\/ has no parameter 'speed'/],

  ['spy://', 'INVALID_OPTION', /a port is missing/],
  ['spy://?file=x', 'INVALID_OPTION', /a port is missing/],
  ['spy:///dev/ttyS0?file', 'INVALID_OPTION', /file is missing; allowed: a text/],
  ['spy:///dev/ttyS0?file=', 'INVALID_OPTION', /file is ''/],
  ['spy:///dev/ttyS0?dev=x', 'INVALID_OPTION', /no parameter 'dev'; known are file, color, raw, all/],
  ['spy:///dev/ttyS0?color=red', 'INVALID_OPTION', /color is 'red'/],
  ['spy://loop://?file=a&file=b', 'INVALID_OPTION', /file is there more than once/],
  ['spy://loop://?raw&speed=1', 'INVALID_OPTION', /loop:\/\/ has no parameter 'speed'/],

  ['hwgrep://', 'INVALID_OPTION', /the expression is ''; allowed: a regular expression/],
  ['hwgrep://(', 'INVALID_OPTION', /Invalid regular expression/],
  ['hwgrep://x&n=0', 'INVALID_OPTION', /n is '0'; allowed: a whole number from 1/],
  ['hwgrep://x&n', 'INVALID_OPTION', /n is missing/],
  ['hwgrep://x&n=1&n=2', 'INVALID_OPTION', /n is there more than once/],
  ['hwgrep://x&busy', 'INVALID_OPTION', /no parameter 'busy'; known are n, skip_busy/],
]

const addresses: readonly [url: string, words: RegExp][] = [
  ['socket://', /the host is ''/],
  ['socket://host', /the port is missing; allowed: a number from 1 to 65535/],
  ['socket://host:', /the port is ''/],
  ['socket://host:0', /the port is '0'/],
  ['socket://host:65536', /the port is '65536'/],
  ['socket://host:-1', /the port is '-1'/],
  ['socket://host:1e3', /the port is '1e3'/],
  ['socket://host:http', /the port is 'http'/],
  ['socket://:4000', /the host is ''/],
  ['socket://me@host:1', /no users/],
  ['socket://me:secret@host:1', /no users/],
  ['socket://::1:4000', /the (address|host|port) is /],
  ['socket://[::1]', /the port is missing/],
  ['socket://[::g]:1', /the host is '\[::g\]'/],
  ['socket://[127.0.0.1]:1', /the host is /],
  ['socket://[]:1', /the host is '\[\]'/],
  ['socket://ho st:1', /the host is 'ho st'/],
  ['socket://host%00:1', /the host is 'host%00'/],
  ['socket://host%2:1', /'host%2'.*%25/],
  ['socket://host/path:1', /the (host|port|address) is /],
  ['socket://host:1/path', /the port is '1\/path'/],
  ['socket://host:1#a', /the port is '1#a'/],
  ['socket://host:1?timeout=0', /timeout is '0'; allowed: seconds from 0.001/],
  ['socket://host:1?timeout=-1', /timeout is '-1'/],
  ['socket://host:1?timeout=5s', /timeout is '5s'/],
  ['socket://host:1?timeout=1e9', /timeout is '1e9'/],
  ['socket://host:1?timeout', /timeout is missing/],
  ['socket://host:1?timeout=1&timeout=1', /more than once/],
  ['socket://host:1?Timeout=1', /no parameter 'Timeout'; known are timeout/],
  ['socket://host:1?logging=debug', /spy:\/\/socket:\/\/host:1/],
]

describe('a URL that can not be is refused, naming what is wrong and what is allowed', limit, () => {
  for (const [url, code, words] of refusals) {
    it(url, async () => {
      const error = await rejectsWith(code, open(url))
      assert.match(error.message, words)
      assert.equal(throwsWith(code, () => openSync(url)).message, error.message)
    })
  }
  for (const [url, words] of addresses) {
    it(url, async () => {
      const error = await rejectsWith('INVALID_OPTION', open(url))
      assert.match(error.message, words)
      assert.equal(error.path, url)
    })
  }
})

describe('before anything is touched:', limit, () => {
  const file = path.join(tmpdir(), `baud-untouched-${process.pid}`)

  it('no log is begun for a port that can not be', async () => {
    for (const url of [
      `spy://loop://?file=${file}&speed=1`,
      `spy://tcp://host:1?file=${file}`,
      `spy://socket://host?file=${file}`,
      `spy://hwgrep://(?file=${file}`,
    ]) {
      await assert.rejects(open(url))
      assert.throws(() => openSync(url))
    }
    await rejectsWith('UNSUPPORTED', open(`spy://socket://localhost:1?file=${file}`, { rs485: {} }))
    throwsWith('UNSUPPORTED', () => openSync(`spy://socket://localhost:1?file=${file}`))
    await rejectsWith('INVALID_OPTION', open(`spy://loop://?file=${file}`, { baudRate: 0 }))
    assert.equal(existsSync(file), false)
    rmSync(file, { force: true })
  })

  it('nobody is called', async () => {
    await using server = await TcpServer.listen()
    await rejectsWith('INVALID_OPTION', open(`${server.url}?timeout=x`))
    await rejectsWith('UNSUPPORTED', open(server.url, { rs485: {} }))
    await rejectsWith('INVALID_OPTION', open(server.url, { baudRate: 0 }))
    throwsWith('UNSUPPORTED', () => openSync(server.url))
    await rejectsWith('ABORTED', open(server.url, { signal: AbortSignal.abort() }))
    const port = await open(server.url)
    await server.accepted()
    await port.close()
    assert.equal(server.count, 1)
  })
})

describe('a port that can not block', limit, () => {
  it('is UNSUPPORTED by openSync, saying what to use', () => {
    for (const url of ['socket://localhost:1', 'spy://socket://localhost:1', 'alt://socket://localhost:1']) {
      assert.match(throwsWith('UNSUPPORTED', () => openSync(url)).message, /can not block: use open\(\)/)
    }
  })
})

describe('a URL is read as it is meant:', limit, () => {
  it('empty parameters are none', async () => {
    const port = await open('loop://?&&paced&')
    await port.close()
    openSync('loop://?').close()
    openSync('loop:///').close()
  })

  it('a host may be in brackets, percent-encoded, and end with a slash', async () => {
    await using server = await TcpServer.listen('::1')
    for (const url of [`socket://[::1]:${server.port}`, `SOCKET://[%3a:1]:${server.port}/?timeout=2.5`]) {
      const port = await open(url)
      assert.equal(port.path, url)
      await port.close()
    }
    await using four = await TcpServer.listen()
    for (const host of ['127.0.0.1', 'localhost', 'localhos%74']) {
      const port = await open(`socket://${host}:${four.port}`)
      await port.close()
    }
  })
})
