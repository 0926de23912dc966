import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Log, readConfig, Server } from '../../src/serve/index.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { certificate, certificateKey } from '../support/tls.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'baud-'))
const file = path.join(folder, 'serve.conf')

function config(...lines: string[]): ReturnType<typeof readConfig> {
  writeFileSync(file, lines.join('\n'))
  return readConfig(file)
}

const documents = fileURLToPath(new URL('../../../docs/', import.meta.url))

describe('a configuration file', () => {
  it('shares several ports, with what holds for all of them', () => {
    const { logFormat, shares } = config(
      '\uFEFF# a comment',
      'log-format = json\r',
      'max-clients=3',
      '',
      '[ /dev/ttyUSB0 ]',
      '; another comment',
      '  baud = 115200',
      'rfc2217 = 4000',
      '[rfc2217://host:1?timeout=2]',
      'tcp = [::1]:4001',
      'max-clients = 5',
      'watchers = no',
      'flow = hardware',
      'stop-bits = 2',
      'idle-timeout = 1.5',
      'dtr = no',
    )
    assert.equal(logFormat, 'json')
    assert.equal(shares.length, 2)
    const [first, second] = shares
    assert.equal(first?.port, '/dev/ttyUSB0')
    assert.equal(first.options.baudRate, 115200)
    assert.deepEqual(first.doors, [{ kind: 'rfc2217', host: '127.0.0.1', port: 4000 }])
    assert.deepEqual(first.limits, {
      clients: 3,
      rate: 20,
      buffer: 1024 * 1024,
      stall: 5000,
      handshake: 5000,
      answer: 30_000,
      idle: Infinity,
    })
    assert.equal(first.watchers, true)
    assert.equal(second?.port, 'rfc2217://host:1?timeout=2')
    assert.deepEqual(second.doors, [{ kind: 'tcp', host: '::1', port: 4001 }])
    assert.deepEqual(
      [second.limits.clients, second.limits.idle, second.watchers, second.options.dtr],
      [5, 1500, false, false],
    )
    assert.deepEqual([second.options.flowControl, second.options.stopBits], ['hardware', 2])
  })

  it('takes the origins of pages, of extensions and of apps', () => {
    const origins = [
      'https://example.org',
      'http://localhost:8080',
      'https://[::1]:8443',
      'https://xn--bcher-kva.example',
    ]
    origins.push('chrome-extension://abcdefghijklmnop', 'capacitor://localhost')
    const { shares } = config('[a]', 'websocket = 4002', `origins = ${origins.join('  ')}`)
    assert.deepEqual(shares[0]?.origins, origins)
  })

  it('takes an IPv6 address with a zone', () => {
    const { shares } = config('[a]', 'tcp = [fe80::1%eth0.5]:4001')
    assert.deepEqual(shares[0]?.doors, [{ kind: 'tcp', host: 'fe80::1%eth0.5', port: 4001 }])
  })

  it('is refused with the file, the line, the key, and what is allowed', () => {
    const cases: [string[], RegExp][] = [
      [[''], /serve\.conf: there is no port in it; write \[/],
      [
        ['[a]', 'tcp = 1', 'speed = 9600'],
        /serve\.conf:3: speed: there is no such key; known are rfc2217, tcp/,
      ],
      [['[a]', '', 'tcp = 70000'], /:3: tcp: this is '70000'; allowed: \[host:\]port, with a port from 0/],
      [['[a]', 'tcp = [fe80::1%]:1'], /:2: tcp: this is '\[fe80::1%\]:1'; allowed/],
      [['[a]', 'tcp = 1', 'baud = fast'], /:3: baud: this is 'fast'; allowed: bit\/s from 1 to 4294967295/],
      [['[a]', 'tcp = 1', 'baud ='], /:3: baud: this is ''; allowed/],
      [['[a]', 'tcp = 1', 'insecure = maybe'], /:3: insecure: this is 'maybe'; allowed: yes or no/],
      [
        ['[a]', 'tcp = 1', 'insecure = constructor'],
        /:3: insecure: this is 'constructor'; allowed: yes or no/,
      ],
      [['[a]', 'tcp = 1', 'watchers = __proto__'], /:3: watchers: this is '__proto__'; allowed: yes or no/],
      [['[a]', 'tcp = 1', 'data-bits = 9'], /:3: data-bits: this is '9'; allowed: 5, 6, 7 or 8/],
      [['[a]', 'tcp = 1', 'max-clients = 0'], /:3: max-clients: .*allowed: a whole number from 1 to 10000/],
      [['[a]', 'tcp = 1', 'idle-timeout = never'], /:3: idle-timeout: .*allowed: seconds from 0\.1/],
      [['[a]', 'tcp = 1', 'origins = example.org'], /:3: origins: .*allowed: origins of web pages/],
      ...[
        'https://Lab.example.org',
        'https://x.org:443',
        'http://x.org:80',
        'https://x.org/',
        'https://me@x.org',
        'https://bücher.example',
        'https://',
        'null',
      ].map((origin): [string[], RegExp] => [
        ['[a]', 'tcp = 1', `origins = https://example.org ${origin}`],
        /:3: origins: .*allowed: origins of web pages as browsers send them/,
      ]),
      [['[a]', 'tcp = 1', 'tls-cert = x'], /serve\.conf:1: tls-cert and tls-key go together/],
      [['[a]', 'tcp = 1', 'tcp = 2'], /:3: tcp: this is there more than once/],
      [['[a]', 'baud = 9600'], /serve\.conf:1: a needs a door: rfc2217, tcp or websocket/],
      [['[a]', 'what is this'], /serve\.conf:2: this is neither \[port\] nor key = value/],
      [['[]', 'tcp = 1'], /serve\.conf:1: a section needs a port/],
      [['tcp = 1', '[a]'], /serve\.conf:1: tcp: a door belongs to a port/],
      [['log-format = xml', '[a]', 'tcp = 1'], /:1: log-format: this is 'xml'; allowed: text or json/],
      [
        ['[a]', 'tcp = 1', '[b]', 'log-format = json', 'tcp = 2'],
        /:4: log-format: .*before the first \[port\]/,
      ],
      [['log-format = json', 'log-format = text', '[a]', 'tcp = 1'], /:2: log-format: .*more than once/],
      [['baud = fast', '[a]', 'tcp = 1', 'baud = 9600'], /serve\.conf:1: baud: this is 'fast'; allowed/],
      [['[a]', 'tcp = 1', '[a]', 'tcp = 2'], /serve\.conf:3: this is taken already, at .*serve\.conf:1$/],
      [
        ['[a]', 'tcp = 1', '[b]', 'rfc2217 = localhost:1'],
        /:4: rfc2217: this is taken already, at .*:2: tcp$/,
      ],
    ]
    for (const [lines, words] of cases) {
      assert.match(throwsWith('INVALID_OPTION', () => config(...lines)).message, words)
    }
    const missing = throwsWith('INVALID_OPTION', () => readConfig(path.join(folder, 'none')))
    assert.match(missing.message, /none can not be read: ENOENT/)
  })
})

describe('what a configuration file asks for', () => {
  it('is refused with the line as well, before a port is opened', async () => {
    const none = path.join(folder, 'none')
    const cases: [string[], RegExp][] = [
      [
        ['tcp = 0.0.0.0:1'],
        /:3: tcp: others .* to 0\.0\.0\.0:1, .*: give tls-cert and tls-key, or insecure = yes/,
      ],
      [
        ['tcp = 0.0.0.0:1', `tls-cert = ${certificate}`, `tls-key = ${certificateKey}`],
        /:3: .*: give token-file/,
      ],
      [['tcp = 1', `token-file = ${none}`], /:4: token-file: \S+none can not be read: ENOENT/],
      [['tcp = 1', `tls-key = ${none}`, `tls-cert = ${none}`], /:5: tls-cert: \S+none can not be read/],
      [['tcp = 1', `tls-key = ${file}`, `tls-cert = ${file}`], /:5: tls-cert: .* are no certificate and key/],
      [
        ['tcp = there-is-none.invalid:1'],
        /:3: tcp: there is no host there-is-none\.invalid; give an address/,
      ],
    ]
    for (const [lines, words] of cases) {
      const { shares } = config('# It is not there.', '[/dev/there-is-none]', ...lines)
      const starting = Server.start(
        shares,
        new Log('text', () => {}),
        undefined,
        () => {},
        new AbortController().signal,
      )
      assert.match((await rejectsWith('INVALID_OPTION', starting)).message, words)
    }
  })
})

describe('docs/serve', () => {
  it('has a configuration file that is one', () => {
    const { shares } = readConfig(path.join(documents, 'serve/serve.conf'))
    assert.deepEqual(
      shares.map(({ doors }) => doors.map(({ kind }) => kind)),
      [['rfc2217'], ['rfc2217', 'websocket']],
    )
    assert.equal(shares[1]?.origins.length, 2)
  })

  it('names every key', () => {
    const page = readFileSync(path.join(documents, 'serve.md'), 'utf8')
    const { message } = throwsWith('INVALID_OPTION', () => config('[a]', 'x = 1'))
    const known = /known are (.*)$/.exec(message)?.[1]?.split(', ') ?? []
    assert.ok(known.length > 20)
    for (const key of known) assert.ok(page.includes(`\`${key}\``), key)
  })

  const lacks =
    spawnSync('systemd-analyze', ['--version']).status === 0 ? false : 'there is no systemd-analyze'

  it('has a unit that systemd takes', { skip: lacks }, () => {
    const unit = path.join(documents, 'serve/baud-serve.service')
    const { stderr, status } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    assert.doesNotMatch(stderr, /baud-serve\.service/)
  })

  it('has a unit whose command line is one', () => {
    const unit = readFileSync(path.join(documents, 'serve/baud-serve.service'), 'utf8')
    assert.match(unit, /^ExecStart=\/usr\/bin\/env baud serve --config \/etc\/baud\/serve\.conf$/m)
    assert.match(unit, /^Restart=on-failure$/m)
  })
})
