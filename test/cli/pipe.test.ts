import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { Device, Running, baud } from './support.ts'

/** Every byte there is. */
const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index))

describe('baud monitor in a pipe', { concurrency: 3 }, () => {
  it('passes every byte unchanged both ways, and ends when the input has and the port is silent', async () => {
    await using device = await Device.create()
    await using running = new Running(['monitor', device.path, '--idle', '800'])
    const long = Buffer.concat(Array.from({ length: 400 }, () => all))
    running.input(long)
    running.input()
    await device.hears(long)
    await device.say(all)
    await device.say(long)
    const { code, stderr } = await running.ended()
    assert.deepEqual([code, stderr], [0, ''])
    assert.ok(running.stdout.equals(Buffer.concat([all, long])), 'what the device sent')
    assert.ok(device.heard.equals(long), 'what was sent to it')
  })

  it('keeps what the port says in a log as well', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'baud-'))
    try {
      await using device = await Device.create()
      await device.say(all)
      const log = path.join(folder, 'log')
      assert.equal((await baud(['monitor', device.path, '--idle', '100', '--log', log])).code, 0)
      assert.deepEqual(readFileSync(log), all)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('shows hex when it is asked to, not waiting for rows to be full', async () => {
    await using device = await Device.create()
    await using running = new Running(['monitor', device.path, '--hex', '--idle', '800'])
    running.input()
    await device.say('Hi\n')
    await running.prints('|\n')
    await device.say('!')
    assert.equal((await running.ended()).code, 0)
    const [first = '', second = '', ...rest] = running.stdout.toString().split('\n')
    assert.match(first, /^00000000 {2}48 69 0a {2,}\|Hi\. +\|$/)
    assert.match(second, /^00000003 {2}21 {2,}\|! +\|$/)
    assert.deepEqual(rest, [''])
  })

  it('shows text with the time of each line when it is asked to, to the last byte', async () => {
    await using device = await Device.create()
    await device.say(Buffer.from([0x61, 0x1b, 0xc3]))
    const { stdout } = await baud(['monitor', device.path, '--timestamps', '--idle', '100'])
    assert.match(stdout, /^\[\d\d:\d\d:\d\d\.\d{3}\] a␛\ufffd$/)
  })

  it('goes on with --stay, until SIGINT (130) or SIGTERM (143)', async () => {
    await using device = await Device.create()
    for (const [name, expected] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      await using running = new Running(['monitor', device.path, '--stay', '--idle', '1'])
      running.input('begun')
      running.input()
      await device.hears('begun')
      await new Promise((resolve) => setTimeout(resolve, 50))
      await device.say('still here')
      await running.prints('still here')
      running.signal(name)
      assert.deepEqual(await running.ended(), { code: expected, stdout: 'still here', stderr: '' })
      device.forget()
    }
  })

  it('ends quietly when nobody reads its output any more', async () => {
    await using device = await Device.create()
    await using running = new Running(['monitor', device.path, '--stay'])
    await device.say('one')
    await running.prints('one')
    running.closeOutput()
    await device.say('two')
    const { code, stderr } = await running.ended()
    assert.deepEqual([code, stderr], [0, ''])
  })

  it('prints all that came before the device went, and says so, although its input goes on', async () => {
    await using device = await Device.create()
    await using running = new Running(['monitor', device.path])
    running.input('begun')
    await device.hears('begun')
    await device.say('last words')
    await running.prints('last words')
    await device.unplug()
    const { code, stderr, stdout } = await running.ended()
    assert.deepEqual([code, stdout], [1, 'last words'])
    assert.match(stderr, /^baud: DISCONNECTED: .*\n$/)
  })
})
