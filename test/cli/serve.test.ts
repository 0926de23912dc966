import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { notOnWindows } from '../support/platform.ts'
import { certificate, certificateKey, renewedCertificate, renewedKey } from '../support/tls.ts'
import { baud, Device, eventually, Running, Terminal } from './support.ts'

/** Where each door is, once all of them are open. */
async function doors(running: Running, count: number): Promise<Record<string, string>> {
  const lines = () => running.stdout.toString().split('\n').slice(0, -1)
  await eventually(
    () => `${count} doors in ${running.stdout.toString()}${running.stderr}`,
    () => lines().length >= count,
  )
  return Object.fromEntries(
    lines().map((line) => {
      const [, kind = '', place = ''] = /^listening (\w+) (\S+)$/.exec(line) ?? assert.fail(line)
      return [kind, place]
    }),
  )
}

/** There nobody can send it. */
const noHangup = notOnWindows('there are no signals between processes')

/** For NODE_OPTIONS: sends a signal to the program that it runs in, as soon as that listens to it. */
function whenListened(signal: NodeJS.Signals): string {
  const code = `process.on('newListener', function listened(name) {
    if (name !== '${signal}') return
    process.off('newListener', listened)
    setImmediate(() => process.kill(process.pid, name))
  })`
  return `--import=data:text/javascript,${encodeURIComponent(code)}`
}

/** Waits for what a loop gives back. */
const oneLine = ['--eol', 'lf', '--lines', '1', '--timeout', '8000']

describe('baud serve', { concurrency: 3 }, () => {
  it('shares a port, says where, and ends well when it is stopped', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      await using device = await Device.create()
      const args = ['serve', device.path, '--rfc2217', '0', '--tcp', '0', '--websocket', '127.0.0.1:0']
      await using running = new Running(args)
      const { rfc2217, tcp, websocket } = await doors(running, 3)
      assert.match(websocket ?? '', /^127\.0\.0\.1:\d+$/)
      assert.equal((await baud(['send', `rfc2217://${rfc2217}`, 'one'])).code, 0)
      await device.hears('one')
      await using client = new Running(['monitor', `socket://${tcp}`, '--stay'])
      await running.prints(`${device.path} tcp 127.0.0.1`)
      await device.say('two')
      await client.prints('two')
      running.signal(signal)
      const { code, stderr, stdout } = await running.ended()
      assert.equal(code, 0, stderr)
      assert.equal(stdout.split('\n').length, 4)
      assert.match(stderr, /Z \S+ rfc2217 127\.0\.0\.1:\d+ became writer\n/)
      assert.match((await client.ended()).stderr, /DISCONNECTED/)
    }
  })

  it('ends at once when it is stopped while a port is being opened', async () => {
    await using silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const url = `rfc2217://127.0.0.1:${port}?timeout=30`
    await using running = new Running(['serve', url, '--tcp', '0'])
    const [socket] = (await once(silent, 'connection')) as [Socket]
    running.signal('SIGTERM')
    const begun = performance.now()
    const { code, stderr } = await running.ended()
    assert.equal(code, 0, stderr)
    assert.ok(performance.now() - begun < 15_000)
    socket.destroy()
  })

  it('logs objects with --log-format json', async () => {
    await using running = new Running(['serve', 'loop://', '--tcp', '0', '--log-format', 'json'])
    const { tcp } = await doors(running, 1)
    assert.equal((await baud(['send', `socket://${tcp}`, 'hi', ...oneLine])).stdout, 'hi\n')
    await running.prints('"gone"')
    running.signal('SIGTERM')
    const events = (await running.ended()).stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>)
    assert.deepEqual(
      events.map(({ door, event, port }) => [port, door, event]),
      ['connected', 'became writer', 'gone'].map((event) => ['loop://', 'tcp', event]),
    )
    assert.match(events[0]?.['time'] ?? '', /^\d{4}-.*Z$/)
    assert.match(events[0]?.['peer'] ?? '', /^127\.0\.0\.1:\d+$/)
  })

  it('refuses wrong usage before it touches anything', async () => {
    const cases: [string[], RegExp][] = [
      [[], /loop:\/\/ needs a door: rfc2217, tcp or websocket/],
      [['--tcp', '70000'], /--tcp: this is '70000'; allowed: \[host:\]port/],
      [['--tcp', 'a b:1'], /--tcp: this is 'a b:1'/],
      [['--tcp', '0', '--baud', 'fast'], /--baud: this is 'fast'; allowed: bit\/s from 1/],
      [['--tcp', '0', '--parity', 'both'], /--parity: .*none, even, odd, mark or space/],
      [['--tcp', '0', '--tls-cert', 'x'], /tls-cert and tls-key go together/],
      [['--tcp', '4477', '--rfc2217', 'localhost:4477'], /--tcp: this is taken already, at --rfc2217/],
      [
        ['--tcp', '0.0.0.0:0'],
        / --tcp: others .* to 0\.0\.0\.0:0, .*needs TLS: give --tls-cert .*--insecure/,
      ],
      [['--rfc2217', '0', '--websocket', '[::]:0'], /--websocket: .* to \[::\]:0, .*needs TLS/],
    ]
    for (const [args, words] of cases) {
      const { code, stderr, stdout } = await baud(['serve', 'loop://', ...args])
      assert.equal(code, 2, stderr)
      assert.equal(stdout, '')
      assert.match(stderr, words)
    }
  })

  it('fails when there is no such port, or somebody listens there', async () => {
    const missing = await baud(['serve', '/dev/there-is-none', '--tcp', '0'])
    assert.equal(missing.code, 1)
    assert.match(missing.stderr, /^baud: PORT_NOT_FOUND: /)
    await using running = new Running(['serve', 'loop://', '--tcp', '0'])
    const { tcp = '' } = await doors(running, 1)
    const second = await baud(['serve', 'loop://', '--tcp', tcp])
    assert.equal(second.code, 1)
    assert.match(second.stderr, /IO: tcp 127\.0\.0\.1:\d+: somebody listens there already.*EADDRINUSE/)
  })

  it('shares the ports of a file, and says whose door each is', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'baud-')), 'serve.conf')
    writeFileSync(file, 'log-format = json\n[loop://]\ntcp = 0\n[loop://?paced]\nrfc2217 = 0\n')
    await using running = new Running(['serve', '--config', file])
    await running.prints('loop://?paced')
    const [tcp = '', rfc2217 = ''] = running.stdout.toString().split('\n')
    assert.match(rfc2217, /^listening rfc2217 127\.0\.0\.1:\d+ loop:\/\/\?paced$/)
    const [, place] = /^listening tcp (\S+) loop:\/\/$/.exec(tcp) ?? assert.fail(tcp)
    assert.equal((await baud(['send', `socket://${place}`, 'hi', ...oneLine])).stdout, 'hi\n')
    await running.prints('"event":"became writer"')
    writeFileSync(file, '[loop://]\n\ntcp = many\n')
    const { code, stderr } = await baud(['serve', '--config', file])
    assert.equal(code, 2)
    assert.equal(
      stderr,
      `baud: INVALID_OPTION: ${file}:3: tcp: this is 'many'; allowed: [host:]port, with a port from 0 (any that is free) to 65535 and an IPv6 address in brackets\n`,
    )
    for (const more of [['loop://'], ['--tcp', '0'], ['--insecure']]) {
      assert.match((await baud(['serve', '--config', file, ...more])).stderr, /leave out (loop|--)/)
    }
    assert.match((await baud(['serve', '--tcp', '0'])).stderr, /give a port, or a file of them with --config/)
  })

  it('reads its certificate anew at a SIGHUP, and goes on', { skip: noHangup }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'baud-'))
    const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')]
    copyFileSync(certificate, cert)
    copyFileSync(certificateKey, key)
    const tls = ['--tls-cert', cert, '--tls-key', key]
    await using running = new Running(['serve', 'loop://', '--tcp', '0', ...tls])
    const { tcp } = await doors(running, 1)
    const says = (ca: string) => baud(['send', `sockets://${tcp}?ca=${ca}`, 'hi', ...oneLine])
    assert.equal((await says(certificate)).stdout, 'hi\n')
    copyFileSync(renewedCertificate, cert)
    running.signal('SIGHUP')
    await running.prints('loop:// not reloaded: ')
    assert.equal((await says(certificate)).stdout, 'hi\n')
    copyFileSync(renewedKey, key)
    running.signal('SIGHUP')
    await running.prints(`loop:// reloaded: the certificate of ${cert}, valid until 2126-01-01T`)
    assert.equal((await says(renewedCertificate)).stdout, 'hi\n')
    assert.match((await says(certificate)).stderr, /REMOTE/)
    running.signal('SIGTERM')
    assert.equal((await running.ended()).code, 0)
  })

  it(
    'goes on at a SIGHUP that comes before there is anything to be read anew',
    { skip: noHangup },
    async () => {
      const env = { NODE_OPTIONS: whenListened('SIGHUP') }
      await using running = new Running(['serve', 'loop://', '--tcp', '0'], 'pipe', env)
      await doors(running, 1)
      running.signal('SIGTERM')
      assert.equal((await running.ended()).code, 0)
    },
  )

  it('ends well at a signal that comes before it has begun', { skip: noHangup }, async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const env = { NODE_OPTIONS: whenListened(signal) }
      assert.equal((await baud(['serve', 'loop://', '--tcp', '0'], '', env)).code, 0)
    }
  })

  it('ends at a SIGHUP where its terminal is gone', { skip: noHangup }, async () => {
    await using terminal = await Terminal.create()
    await using running = terminal.run(['serve', 'loop://', '--tcp', '0'])
    await terminal.hears('listening tcp')
    running.signal('SIGHUP')
    assert.equal((await running.ended()).code, 129)
  })

  it('lets others connect with --insecure', async () => {
    await using running = new Running(['serve', 'loop://', '--tcp', '0.0.0.0:0', '--insecure'])
    const { tcp } = await doors(running, 1)
    assert.match(tcp ?? '', /^0\.0\.0\.0:\d+$/)
  })
})
