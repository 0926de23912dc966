// TLS, tokens and origins: who comes in, who does not, and what each is told.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection, createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { connect, createServer } from 'node:tls'
import { WebSocket } from 'ws'
import type { ClientOptions } from 'ws'
import { open } from '../../src/index.ts'
import type { SerialError, SerialErrorCode } from '../../src/index.ts'
import { rejectsWith as rejectsWithCode } from '../conformance/expect.ts'
import {
  anotherCertificate,
  certificate,
  certificateKey,
  expiredCertificate,
  renewedCertificate,
  renewedKey,
  token,
} from '../support/tls.ts'
import { timed, within } from '../support/wait.ts'
import { Serving } from './serving.ts'

const limit = { timeout: 60_000, concurrency: 4 }

const tls = { 'tls-cert': certificate, 'tls-key': certificateKey }

const folder = mkdtempSync(path.join(tmpdir(), 'baud-'))
const tokenFile = path.join(folder, 'token')
writeFileSync(tokenFile, `${token}\nthe rest is no part of it\n`, { mode: 0o600 })

async function rejectsWith(
  promise: Promise<unknown>,
  { code, message }: { readonly code: SerialErrorCode; readonly message?: RegExp },
): Promise<SerialError> {
  const error = await rejectsWithCode(code, promise)
  if (message !== undefined) assert.match(error.message, message)
  return error
}

/** What the handshake of a WebSocket comes to: the status, or the words of an error. */
async function knock(url: string, protocols: string[], options: ClientOptions): Promise<string> {
  const socket = new WebSocket(url, protocols, options)
  try {
    await once(socket, 'open')
    return `open ${socket.protocol}`.trim()
  } catch (error) {
    return (error as Error).message
  } finally {
    socket.on('error', () => {})
    socket.terminate()
  }
}

describe('rfc2217s:// and sockets://', limit, () => {
  it('carry a port over TLS, with a token', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0', ...tls }, { token })
    const { device } = serving
    assert.ok(device)
    const urls = [
      `rfc2217s://${serving.place('rfc2217')}?timeout=20&ca=${certificate}&token-file=${tokenFile}`,
      `sockets://${serving.place('tcp')}?timeout=20&ca=${certificate}&token=${token}`,
      `sockets://${serving.place('tcp')}?timeout=20&ca=${certificate}&token=${token}&servername=baud.test`,
    ]
    for (const url of urls) {
      await using port = await open(url)
      const data = Buffer.alloc(100_000, url)
      const writing = port.write(data)
      assert.ok((await device.readExactly(data.length, { timeout: 10_000 })).equals(data))
      await writing
      const back = device.write(data)
      assert.ok((await port.readExactly(data.length, { timeout: 10_000 })).equals(data))
      await back
    }
    assert.ok(serving.log.every((line) => !line.includes(token)))
  })

  it('are told at once that a token is wrong, or wanted', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0', ...tls }, { token })
    const [rfc2217, tcp] = [serving.place('rfc2217'), serving.place('tcp')]
    const wrong = 'not-the-token-of-the-tests'
    const { ms } = await timed(
      rejectsWith(open(`rfc2217s://${rfc2217}?timeout=20&ca=${certificate}&token=${wrong}`), {
        code: 'ACCESS_DENIED',
        message: /wrong token/,
      }),
    )
    assert.ok(ms < 2500, `${ms} ms`)
    await rejectsWith(open(`sockets://${tcp}?timeout=20&ca=${certificate}&token=${wrong}`), {
      code: 'ACCESS_DENIED',
    })
    await rejectsWith(open(`rfc2217s://${rfc2217}?timeout=20&ca=${certificate}`), {
      code: 'ACCESS_DENIED',
      message: /the server asks for a token: give \?token-file=/,
    })
    await serving.logs(/rfc2217 \S+ refused: wrong token/)
    await serving.logs(/tcp \S+ refused: wrong token/)
    await serving.logs(/rfc2217 \S+ refused: no token/)
    assert.ok(serving.log.every((line) => !line.includes(wrong)))
  })

  it('trust no certificate without a reason', async () => {
    await using serving = await Serving.begin({ rfc2217: '0', ...tls })
    const url = `rfc2217s://${serving.place('rfc2217')}`
    await rejectsWith(open(url), { code: 'REMOTE', message: /signed by itself: name it with \?ca=<file>/ })
    await rejectsWith(open(`${url}?timeout=20&ca=${anotherCertificate}`), {
      code: 'REMOTE',
      message: /can not be trusted/,
    })
    await rejectsWith(open(`${url}?timeout=20&ca=${certificate}&servername=example.org`), {
      code: 'REMOTE',
      message: /it is for another name/,
    })
    await using port = await open(`${url}?timeout=20&ca=${certificate}`)
    assert.ok(port.isOpen)
  })

  it('say so when the server speaks no TLS, or the client does not', async () => {
    await using plain = await Serving.begin({ rfc2217: '0' })
    await rejectsWith(open(`rfc2217s://${plain.place('rfc2217')}`), {
      code: 'REMOTE',
      message: /does the server speak TLS/,
    })
    await using secure = await Serving.begin({ rfc2217: '0', ...tls })
    await rejectsWith(open(secure.url('rfc2217')), { code: 'DISCONNECTED' })
    await secure.logs(/refused: no TLS: ERR_SSL_/)
  })

  it('refuse bad parameters before they connect, and keep tokens to themselves', async () => {
    const secret = 'this-is-a-secret'
    const cases: [string, RegExp][] = [
      [`rfc2217://example.org:1?token=${secret}`, /not sent over the network unprotected.*rfc2217s:\/\//],
      ['socket://127.0.0.1:1?ca=/x', /ca and servername are about TLS; that is sockets:\/\//],
      ['rfc2217s://127.0.0.1:1?ca=/there/is/none', /\/there\/is\/none can not be read: ENOENT/],
      [`sockets://127.0.0.1:1?ca=${certificateKey}`, /has no certificate in PEM/],
      [`rfc2217s://127.0.0.1:1?token=${secret}&token-file=${tokenFile}`, /give one of token and token-file/],
      [`rfc2217s://127.0.0.1:1?token=${secret}%20x`, /token is no token/],
    ]
    for (const [url, message] of cases) {
      const error = await rejectsWith(open(url), { code: 'INVALID_OPTION', message })
      assert.doesNotMatch(`${String(error)}${error.path}`, /secret/)
    }
    const error = await rejectsWith(open(`spy://rfc2217s://127.0.0.1:1?token=${secret}`), {
      code: 'PORT_NOT_FOUND',
    })
    assert.doesNotMatch(`${String(error)}${error.path}`, /secret/)
  })

  it('lose nothing that comes with the end of the handshake', async () => {
    // In TLS 1.2 the server has the last word of it, and may go on at once.
    const files = { cert: readFileSync(certificate), key: readFileSync(certificateKey) }
    const server = createServer({ ...files, maxVersion: 'TLSv1.2' }, (socket) => {
      socket.on('error', () => {})
      socket.end('first words')
    })
    // What the server sends within some ms arrives in one piece.
    const proxy = createTcpServer((near) => {
      const far = createConnection((server.address() as AddressInfo).port, '127.0.0.1')
      near.pipe(far)
      near.on('error', () => {})
      const pieces: Buffer[] = []
      far.on('data', (piece: Buffer) => {
        pieces.push(piece)
        setTimeout(() => near.write(Buffer.concat(pieces.splice(0))), 50)
      })
      far.on('end', () => setTimeout(() => near.end(), 100))
    })
    for (const each of [server, proxy]) await once(each.listen(0, '127.0.0.1'), 'listening')
    const { port: number } = proxy.address() as AddressInfo
    for (let round = 0; round < 3; round++) {
      await using port = await open(`sockets://127.0.0.1:${number}?timeout=20&ca=${certificate}`)
      assert.equal(String(await port.readExactly(11, { timeout: 5000 })), 'first words')
      assert.equal((await within(5000, port.closed))?.code, 'DISCONNECTED')
    }
    server.close()
    proxy.close()
  })

  it('a token alone goes over loopback', async () => {
    await using serving = await Serving.begin({ rfc2217: '0' }, { token })
    await using port = await open(`rfc2217://${serving.place('rfc2217')}?timeout=20&token=${token}`)
    assert.ok(port.isOpen)
  })
})

describe('a certificate that is renewed', limit, () => {
  it('is shown to those who come from then on, at each door; the others stay', async () => {
    const files = filesOf(certificate, certificateKey)
    await using serving = await Serving.begin({ rfc2217: '0', tcp: '0', websocket: '0', ...files })
    await using before = await open(`rfc2217s://${serving.place('rfc2217')}?timeout=20&ca=${certificate}`)
    copyFileSync(renewedCertificate, files['tls-cert'])
    copyFileSync(renewedKey, files['tls-key'])
    serving.reload()
    await serving.logs(/ reloaded: the certificate of \S+cert\.pem, valid until 2126-01-01T00:00:00\.000Z/)
    await using after = await open(
      `rfc2217s://${serving.place('rfc2217')}?timeout=20&ca=${renewedCertificate}`,
    )
    const ca = { ca: readFileSync(renewedCertificate) }
    assert.equal(await knock(`wss://${serving.place('websocket')}`, [], ca), 'open')
    await rejectsWith(open(`sockets://${serving.place('tcp')}?timeout=20&ca=${certificate}`), {
      code: 'REMOTE',
    })
    assert.ok(after.isOpen)
    await before.write('still here')
    assert.equal(String(await serving.device?.readExactly(10, { timeout: 5000 })), 'still here')
  })

  it('stays as it was when the new one is bad, and the log says why', async () => {
    const files = filesOf(certificate, certificateKey)
    const { 'tls-cert': cert, 'tls-key': key } = files
    await using serving = await Serving.begin({ tcp: '0', ...files })
    const cases: [() => void, RegExp][] = [
      [
        () => writeFileSync(cert, 'x'),
        /not reloaded: .* are no certificate and key in PEM .*; the certificate before stays/,
      ],
      [() => copyFileSync(renewedCertificate, cert), /not reloaded: .* go together: .*mismatch/],
      [() => writeFileSync(key, rsaKey()), /not reloaded: .* go together: the key belongs to another/],
      [() => rmSync(cert), /not reloaded: .*cert\.pem can not be read: ENOENT/],
      [
        () => {
          copyFileSync(expiredCertificate, cert)
          copyFileSync(renewedKey, key)
        },
        /not reloaded: .*cert\.pem has expired, on 2020-01-02T00:00:00\.000Z; the certificate before stays/,
      ],
    ]
    for (const [change, words] of cases) {
      change()
      serving.reload()
      await serving.logs(words)
      await using port = await open(`sockets://${serving.place('tcp')}?timeout=20&ca=${certificate}`)
      assert.ok(port.isOpen)
    }
    assert.ok(serving.log.every((line) => !/ reloaded/.test(line) || / not reloaded/.test(line)))
  })

  it('is refused at the start with a key of another kind, with which nobody could connect', async () => {
    const files = filesOf(certificate, certificateKey)
    writeFileSync(files['tls-key'], rsaKey())
    await rejectsWith(Serving.begin({ tcp: '0', ...files }, { port: 'loop://' }), {
      code: 'INVALID_OPTION',
      message: /cert\.pem and \S+key\.pem are no certificate and key in PEM that go together/,
    })
  })

  it('that nobody will trust is told of at the start', async () => {
    const files = { 'tls-cert': expiredCertificate, 'tls-key': renewedKey }
    await using serving = await Serving.begin({ tcp: '0', ...files }, { port: 'loop://' })
    await serving.logs(/warning: the certificate of \S+ has expired, on 2020-01-02/)
  })

  it('is not there: a share without one says so', async () => {
    await using serving = await Serving.begin({ tcp: '0' }, { port: 'loop://' })
    serving.reload()
    await serving.logs(/loop:\/\/ not reloaded: it has no certificate/)
  })
})

function rsaKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}

/** Copies, which a test may change. */
function filesOf(cert: string, key: string): { 'tls-cert': string; 'tls-key': string } {
  const place = mkdtempSync(path.join(folder, 'tls-'))
  const files = { 'tls-cert': path.join(place, 'cert.pem'), 'tls-key': path.join(place, 'key.pem') }
  copyFileSync(cert, files['tls-cert'])
  copyFileSync(key, files['tls-key'])
  return files
}

describe('a door that wants a token', limit, () => {
  it('takes one line, in whatever pieces, and what stands behind it', async () => {
    await using serving = await Serving.begin({ tcp: '0' }, { token })
    using peer = await serving.connect('tcp')
    for (const piece of ['BAUD', '/1 tok', `en ${token.slice(0, 5)}`, `${token.slice(5)}\r\nhel`, 'lo']) {
      peer.socket.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await peer.hears('BAUD/1 ok\n')
    assert.equal(String(await serving.device?.readExactly(5, { timeout: 5000 })), 'hello')
  })

  it('answers what is none, and closes', async () => {
    await using serving = await Serving.begin({ tcp: '0' }, { token })
    const long = `BAUD/1 token ${'x'.repeat(2000)}`
    for (const said of ['GET / HTTP/1.1\r\n', long, `BAUD/1 token ${token}x\n`, 'BAUD/1 token  \n']) {
      using peer = await serving.connect('tcp')
      peer.socket.write(said)
      await peer.hears('BAUD/1 denied ')
      await peer.closed()
    }
    assert.equal(serving.device?.bytesToRead, 0)
  })

  it('waits only so long', async () => {
    await using serving = await Serving.begin({ tcp: '0', 'handshake-timeout': '0.2' }, { token })
    using peer = await serving.connect('tcp')
    await peer.closed()
    await serving.logs(/refused: not let in within 0\.2 s/)
  })

  it('does not listen to an address that has guessed too often', async () => {
    await using serving = await Serving.begin({ tcp: '0' }, { token })
    for (let guess = 0; guess < 5; guess++) {
      using peer = await serving.connect('tcp')
      peer.socket.write(`BAUD/1 token guess-number-${guess}-of-many\n`)
      await peer.closed()
    }
    using peer = await serving.connect('tcp')
    await peer.closed()
    assert.equal(peer.heard.length, 0)
    await serving.logs(/refused: too many wrong tokens/)
  })
})

describe('a page that a browser shows', limit, () => {
  it('sends nothing to the device, where no token is asked for', async () => {
    await using serving = await Serving.begin({ tcp: '0', rfc2217: '0' })
    const { device } = serving
    assert.ok(device)
    for (const kind of ['tcp', 'rfc2217']) {
      for (const method of ['POST', 'OPTIONS', 'GET', 'HEAD']) {
        using page = await serving.connect(kind)
        page.socket.write(`${method} /x HTTP/1.1\r\nHost: localhost\r\n\r\nformat c:\r\n`)
        await page.closed()
      }
      await serving.logs(new RegExp(`${kind} \\S+ gone: .*this is a request of a web browser`))
    }
    using client = await serving.connect('tcp')
    client.socket.write('GETTER')
    assert.equal(String(await device.readExactly(6, { timeout: 5000 })), 'GETTER')
  })

  it('sends nothing over https:// either', async () => {
    await using serving = await Serving.begin({ tcp: '0', rfc2217: '0' })
    const { device } = serving
    assert.ok(device)
    for (const kind of ['tcp', 'rfc2217']) {
      const page = connect({ port: serving.number(kind), servername: 'format-c.example.org' })
      page.on('error', () => {})
      await within(10_000, new Promise((resolve) => page.once('close', resolve)))
      await serving.logs(new RegExp(`${kind} \\S+ gone: .*this is the beginning of TLS`))
    }
    using client = await serving.connect('tcp')
    client.socket.write(Uint8Array.of(22, 3, 1, 0, 200, 2))
    assert.deepEqual([...(await device.readExactly(6, { timeout: 5000 }))], [22, 3, 1, 0, 200, 2])
  })

  it('is none where a token was shown', async () => {
    await using serving = await Serving.begin({ tcp: '0' }, { token })
    using client = await serving.connect('tcp')
    client.socket.write(`BAUD/1 token ${token}\nGET / HTTP`)
    assert.equal(String(await serving.device?.readExactly(10, { timeout: 5000 })), 'GET / HTTP')
  })
})

describe('a door for WebSockets', limit, () => {
  it('takes the token as a header, or as browsers can give it', async () => {
    await using serving = await Serving.begin({ websocket: '0', ...tls }, { token })
    const url = `wss://${serving.place('websocket')}`
    const ca = { ca: readFileSync(certificate) }
    const encoded = Buffer.from(token).toString('base64url')
    const bearer = { authorization: `Bearer ${token}` }
    assert.equal(await knock(url, [], { ...ca, headers: bearer }), 'open')
    assert.equal(await knock(url, ['baud'], { ...ca, headers: bearer }), 'open baud')
    assert.equal(await knock(url, ['baud', `baud.token.${encoded}`], ca), 'open baud')
    assert.match(await knock(url, [], ca), /401/)
    assert.match(await knock(url, ['baud', 'baud.token.AAAA'], ca), /401/)
    assert.match(await knock(url, [], { ...ca, headers: { authorization: 'Bearer wrong' } }), /401/)
    assert.ok(serving.log.every((line) => !line.includes(token) && !line.includes(encoded)))
  })

  it('lets no web page in that is not named', async () => {
    await using serving = await Serving.begin({ websocket: '0', origins: 'https://good.example' })
    const url = `ws://${serving.place('websocket')}`
    assert.equal(await knock(url, [], { origin: 'https://good.example' }), 'open')
    for (const origin of ['https://evil.example', `http://${serving.place('websocket')}`, 'null']) {
      assert.match(await knock(url, [], { origin }), /403/, origin)
    }
    await serving.logs(/websocket \S+ refused: the origin https:\/\/evil\.example is not among those/)
  })

  it('has a word for those who speak something else', async () => {
    await using serving = await Serving.begin({ websocket: '0' })
    using browser = await serving.connect('websocket')
    browser.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await browser.hears('426 Upgrade Required')
    await browser.closed()
    using garbage = await serving.connect('websocket')
    garbage.socket.write(Buffer.alloc(100_000, 'x'))
    await garbage.closed()
    await serving.logs(/refused: no HTTP/)
  })
})

describe('a share', limit, () => {
  it('is protected wherever others can connect', async () => {
    const cases: [Record<string, string>, RegExp][] = [
      [{ tcp: '0.0.0.0:0' }, /needs TLS/],
      [{ tcp: '[::]:0' }, /needs TLS/],
      [{ tcp: '0.0.0.0:0', ...tls }, /needs a token: give token-file/],
      [{ tcp: '0.0.0.0:0', 'token-file': tokenFile }, /needs TLS/],
    ]
    for (const [keys, message] of cases) {
      await rejectsWith(Serving.begin(keys, { port: 'loop://' }), { code: 'INVALID_OPTION', message })
    }
    const protectedKeys = { tcp: '0.0.0.0:0', ...tls, 'token-file': tokenFile }
    await using serving = await Serving.begin(protectedKeys, { port: 'loop://' })
    assert.match(serving.place('tcp'), /^0\.0\.0\.0:\d+$/)
  })

  it('has a warning for a token that others may read', async () => {
    const readable = path.join(folder, 'open')
    writeFileSync(readable, token)
    chmodSync(readable, 0o644)
    await using serving = await Serving.begin({ tcp: '0', 'token-file': readable }, { port: 'loop://' })
    await serving.logs(/warning: others than its owner may read .*chmod 600/)
  })

  it('says of a key that it has a passphrase, for which it asks nobody', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    for (const type of ['pkcs8', 'sec1'] as const) {
      const key = path.join(folder, `${type}.pem`)
      const locked = { type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const
      writeFileSync(key, privateKey.export(locked), { mode: 0o600 })
      const keys = { tcp: '0', 'tls-cert': certificate, 'tls-key': key }
      await rejectsWith(Serving.begin(keys, { port: 'loop://' }), {
        code: 'INVALID_OPTION',
        message: /\.pem has a passphrase, for which nobody is asked/,
      })
    }
  })

  it('refuses files that are none of what they should be', async () => {
    const bad = path.join(folder, 'bad')
    writeFileSync(bad, 'x')
    const cases: [Record<string, string>, RegExp][] = [
      [{ 'token-file': bad }, /bad: this is no token; allowed: 16 to 512/],
      [{ 'token-file': path.join(folder, 'none') }, /none can not be read: ENOENT/],
      [{ 'tls-cert': bad, 'tls-key': certificateKey }, /bad.* are no certificate and key in PEM/],
      [{ 'tls-cert': anotherCertificate, 'tls-key': certificateKey }, /are no certificate and key/],
    ]
    for (const [keys, message] of cases) {
      await rejectsWith(Serving.begin({ tcp: '0', ...keys }, { port: 'loop://' }), {
        code: 'INVALID_OPTION',
        message,
      })
    }
  })
})
