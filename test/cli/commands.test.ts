import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, it } from 'node:test'
import { moreThanFits } from '../support/pseudo.ts'
import { Device, Running, baud } from './support.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'baud-'))
after(() => rmSync(folder, { recursive: true }))

describe('the command line', { concurrency: 3 }, () => {
  it('tells its version and its help', async () => {
    const manifest = new URL('../../../package.json', import.meta.url)
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    assert.deepEqual(await baud(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' })
    const help = await baud(['--help'])
    assert.equal(help.code, 0)
    assert.match(help.stdout, /Examples:[^]*Exit codes:[^]*130/)
  })

  it('has help with examples for each command', async () => {
    for (const command of ['list', 'monitor', 'send', 'doctor', 'demo']) {
      const { code, stdout } = await baud([command, '--help'])
      assert.equal(code, 0, command)
      assert.match(stdout, new RegExp(`Examples:\\n  .*baud ${command}`), command)
    }
  })

  it('ends with 2 when it is used in a wrong way, saying how', async () => {
    const cases: [string[], RegExp][] = [
      [[], /Usage: baud/],
      [['moniter', '/dev/null'], /unknown command 'moniter'\n\(Did you mean monitor\?\)/],
      [['monitor'], /missing required argument 'port'/],
      [['monitor', 'x', '--baud', 'fast'], /'fast' is invalid/],
      [['monitor', 'x', '--baud', '0'], /^baud: INVALID_OPTION: baudRate is 0; allowed/],
      [['monitor', 'x', '--exit-key', 'ctrl-t'], /must differ/],
      [['monitor', 'x', '--menu-key', 'F1'], /"F1" is no control key/],
      [['send', 'x', '--hex', '0g'], /"0g" is not hex|other characters/],
      [['send', 'x', 'a', '--hex', '00'], /give one of/],
      [['send', 'x', 'a', '--wait', '1', '--lines', '1'], /give one of/],
      [['send', 'x', '-e', '\\q'], /no escape/],
      [['list', '('], /regular expression/],
    ]
    const outcomes = await Promise.all(cases.map(([args]) => baud(args)))
    for (const [index, { code, stderr, stdout }] of outcomes.entries()) {
      const [args, message] = cases[index] ?? [[], /never/]
      assert.equal(code, 2, args.join(' '))
      assert.match(stderr, message)
      assert.match(stderr, args.length > 0 ? /^baud: / : /^Usage: /)
      assert.equal(stdout, '')
    }
  })

  it('tells what is wrong with a port in one line, and where it happened only when asked', async () => {
    const args = ['monitor', '/dev/there-is-no-such-port']
    const { code, stderr, stdout } = await baud(args)
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^baud: PORT_NOT_FOUND: \/dev\/there-is-no-such-port: .*\n$/)
    for (const debug of [await baud([...args, '--debug']), await baud(args, '', { BAUD_DEBUG: '1' })]) {
      assert.equal(debug.code, 1)
      assert.match(debug.stderr, /\n\s+at .*\n/)
    }
  })

  it('ends quietly when nobody reads its output', async () => {
    await using running = new Running(['list', '--json'], ['ignore', 'pipe', 'pipe'])
    running.closeOutput()
    const { code, stderr } = await running.ended()
    assert.deepEqual([code, stderr], [0, ''])
  })

  it('says so, once, when its output can not be written', async () => {
    const full = openSync('/dev/full', 'w')
    try {
      await using running = new Running(['demo', '--seconds', '0'], ['ignore', full, 'pipe'])
      const { code, stderr } = await running.ended()
      assert.equal(code, 1)
      assert.match(stderr, /^baud: ENOSPC[^\n]*\n$/)
    } finally {
      closeSync(full)
    }
  })
})

describe('baud list', { concurrency: 3 }, () => {
  it('prints an array of objects', async () => {
    const { code, stdout } = await baud(['list', '--json'])
    assert.equal(code, 0)
    const ports = JSON.parse(stdout) as { path: unknown }[]
    assert.ok(Array.isArray(ports))
    for (const port of ports) assert.equal(typeof port.path, 'string')
  })

  it('prints nothing but a notice when there is none', async () => {
    assert.deepEqual(await baud(['list', 'no such port']), {
      code: 0,
      stdout: '',
      stderr: 'no serial port matches no such port\n',
    })
    assert.deepEqual(JSON.parse((await baud(['list', '--json', 'no such port'])).stdout), [])
  })
})

describe('baud send', { concurrency: 3 }, () => {
  it('sends text, escapes, hex, a file and standard input, with the line end asked for', async () => {
    await using device = await Device.create()
    const file = path.join(folder, 'data.bin')
    const data = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 256))
    writeFileSync(file, data)
    const cases: [string[], string | Uint8Array, string | Uint8Array][] = [
      [['two', 'words', '--eol', 'crlf'], '', 'two words\r\n'],
      [['-e', 'a\\x00\\n', '--eol', 'cr'], '', 'a\0\n\r'],
      [['a\\n'], '', 'a\\n'],
      [['--hex', '01 03 ff'], '', Buffer.from([1, 3, 255])],
      [['--file', file, '--eol', 'lf'], '', Buffer.concat([data, Buffer.from('\n')])],
      [[], data, data],
    ]
    for (const [args, input, expected] of cases) {
      device.forget()
      assert.deepEqual(await baud(['send', device.path, ...args], input), { code: 0, stdout: '', stderr: '' })
      await device.hears(expected)
      assert.deepEqual(device.heard, Buffer.from(expected as string))
    }
  })

  it('refuses a file that it can not read, before it touches the port', async () => {
    const { code, stderr } = await baud(['send', '/dev/there-is-no-such-port', '--file', '/there/is/none'])
    assert.equal(code, 1)
    assert.match(stderr, /^baud: ENOENT/)
  })

  it('prints the lines of the reply as they came, and no more', async () => {
    await using device = await Device.create()
    await using running = new Running(['send', device.path, 'A', '--lines', '2'])
    await device.hears('A')
    await device.say(Buffer.from('one\xff\r\ntwo\nthree\n', 'latin1'))
    assert.equal((await running.ended()).code, 0)
    assert.deepEqual(running.stdout, Buffer.from('one\xff\r\ntwo\n', 'latin1'))
  })

  it('prints the reply up to a text', async () => {
    await using device = await Device.create()
    await using running = new Running(['send', device.path, 'A', '-e', '--until', '\\r\\n> '])
    await device.hears('A')
    await device.say('hello\r\n> rest')
    assert.deepEqual(await running.ended(), { code: 0, stdout: 'hello\r\n> ', stderr: '' })
  })

  it('prints what comes within a time', async () => {
    await using device = await Device.create()
    await using running = new Running(['send', device.path, 'A', '--wait', '800'])
    await device.hears('A')
    await device.say('one')
    await running.prints('one')
    await device.say('two')
    assert.deepEqual(await running.ended(), { code: 0, stdout: 'onetwo', stderr: '' })
  })

  it('fails with what came when the reply is not whole in time', async () => {
    await using device = await Device.create()
    await using running = new Running([
      'send',
      device.path,
      'A',
      '--lines',
      '2',
      '--timeout',
      '1000',
      '--json',
    ])
    await device.hears('A')
    await device.say('one\ntw')
    const { code, stderr, stdout } = await running.ended()
    assert.equal(code, 1)
    assert.match(stderr, /^baud: TIMEOUT: .*: the reply was not done within 1000 ms after 6 bytes\n$/)
    const { error, ...outcome } = JSON.parse(stdout) as Record<string, unknown>
    assert.match(String(error), /^TIMEOUT: /)
    assert.deepEqual(outcome, { port: device.path, sent: 1, reply: 'one\ntw', replyHex: '6f6e650a7477' })
  })

  it('fails with how much was sent when the port does not take it in time', async () => {
    const file = path.join(folder, 'long')
    const data = Buffer.alloc(moreThanFits)
    writeFileSync(file, data)
    for (const [args, input, what] of [
      [['--file', file], '', `the sending of ${data.length} bytes`],
      [[], data, 'the sending'],
    ] as const) {
      await using device = await Device.create({ receiveBufferSize: 64, deaf: true })
      const { code, stderr } = await baud(['send', device.path, '--timeout', '300', ...args], input)
      assert.equal(code, 1)
      const [, told, bytes] =
        /: (the sending.*) was not done within 300 ms after (\d+) bytes\n$/.exec(stderr) ?? []
      assert.equal(told, what, stderr)
      assert.ok(Number(bytes) >= 4096 && Number(bytes) < data.length, stderr)
    }
  })

  it('ends with 130 and gives the port back when it is interrupted', async () => {
    await using device = await Device.create()
    await using running = new Running(['send', device.path])
    running.input('begun')
    await device.hears('begun')
    running.signal('SIGINT')
    assert.deepEqual(await running.ended(), { code: 130, stdout: '', stderr: '' })
  })
})

describe('baud doctor', { concurrency: 3 }, () => {
  it('opens a port that can be opened', async () => {
    await using device = await Device.create()
    const { code, stdout } = await baud(['doctor', device.path])
    assert.equal(code, 0)
    assert.ok(stdout.startsWith(`${device.path}\n`))
    assert.match(stdout, /✓ open +it can be opened\n$/)
  })

  it('says why another can not, as JSON too', async () => {
    const { code, stdout } = await baud(['doctor', '--json', '/dev/null'])
    assert.equal(code, 1)
    const [report] = JSON.parse(stdout) as {
      path: string
      opens: boolean
      findings: { level: string; message: string }[]
    }[]
    assert.equal(report?.path, '/dev/null')
    assert.equal(report.opens, false)
    assert.equal(report.findings.at(-1)?.level, 'problem')
    assert.match(report.findings.at(-1)?.message ?? '', /^NOT_A_SERIAL_PORT: /)
  })

  it('leaves the port alone with --no-open', async () => {
    await using device = await Device.create()
    const { code, stdout } = await baud(['doctor', '--json', '--no-open', device.path])
    assert.equal(code, 0)
    const [report] = JSON.parse(stdout) as { opens?: boolean; findings: { topic: string }[] }[]
    assert.equal(report?.opens, undefined)
    assert.ok(report?.findings.every(({ topic }) => topic !== 'open'))
  })
})
