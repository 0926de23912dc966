import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Device, Terminal, eventually } from './support.ts'
import type { Running } from './support.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'baud-'))
after(() => rmSync(folder, { recursive: true }))

const ctrl = (letter: string) => String.fromCharCode(letter.charCodeAt(0) & 0x1f)
const quit = ctrl(']')
const menuKey = ctrl('t')

interface Desk {
  readonly device: Device
  readonly terminal: Terminal
  readonly running: Running
}

/** Sits down at a terminal with the monitor running, and does something there. */
async function atMonitor(args: readonly string[], work: (desk: Desk) => Promise<void>): Promise<void> {
  await using device = await Device.create()
  await using terminal = await Terminal.create()
  const before = terminal.settings()
  await using running = terminal.run(['monitor', device.path, ...args])
  await terminal.hears('quits')
  assert.notEqual(terminal.settings(), before, 'the terminal is raw meanwhile')
  terminal.forget()
  await work({ device, terminal, running })
  await running.ended()
  assert.equal(terminal.settings(), before, 'the terminal is as it was')
}

/** Opens the menu, presses the keys one after the other, each when the one before has had its effect. */
async function choose({ terminal }: Desk, key: string, effect: string): Promise<void> {
  terminal.forget()
  await terminal.say(menuKey)
  await terminal.hears('Esc back')
  await terminal.say(key)
  await terminal.hears(effect)
}

describe('baud monitor on a terminal', { concurrency: 3 }, () => {
  it('passes keys on, Ctrl-C too, with the line end set, and quits with Ctrl-]', async () => {
    await atMonitor(['--eol', 'lf'], async ({ device, running, terminal }) => {
      await terminal.say(`*IDN?\r${ctrl('c')}${ctrl('z')}é`)
      await device.hears(`*IDN?\n${ctrl('c')}${ctrl('z')}é`)
      await device.say('baud,é')
      await terminal.hears('baud,é')
      await terminal.say(`rest${quit}not sent`)
      assert.equal((await running.ended()).code, 0)
      await device.hears('rest')
      assert.ok(!device.heard.includes('not'))
      await terminal.hears('baud,é\r\n--- closed; 7 bytes received, 14 bytes sent')
    })
  })

  for (const encoding of ['utf8', 'latin1', 'utf16le'] as const) {
    it(`passes on and echoes whole characters, also those that come in two pieces: ${encoding}`, async () => {
      await atMonitor(['--echo', '--encoding', encoding], async ({ device, terminal }) => {
        const [x, accented] = [Buffer.from('x', encoding), Buffer.from('é', encoding)]
        await terminal.say(Uint8Array.of(0x78, 0xc3))
        await device.hears(x)
        await terminal.say(Uint8Array.of(0xa9, 0x78))
        await device.hears(Buffer.concat([x, accented, x]))
        await terminal.hears('xéx')
        await terminal.say(quit)
      })
    })
  }

  it('says how to quit, and takes other keys for it', async () => {
    await using device = await Device.create()
    await using terminal = await Terminal.create()
    await using running = terminal.run(['monitor', device.path, '--exit-key', '^X', '--menu-key', '1'])
    await terminal.hears('Ctrl-X quits, Ctrl-A h helps, Ctrl-C goes to the device')
    await terminal.say(quit + menuKey)
    await device.hears(quit + menuKey)
    await terminal.say(`${ctrl('a')}${ctrl('x')}${ctrl('a')}${ctrl('a')}`)
    await device.hears(ctrl('x') + ctrl('a'))
    await terminal.say(ctrl('x'))
    assert.equal((await running.ended()).code, 0)
  })

  for (const [name, expected] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const) {
    it(`gives the terminal back after ${name}`, async () => {
      await atMonitor([], async ({ running }) => {
        running.signal(name)
        assert.equal((await running.ended()).code, expected)
      })
    })
  }

  it('gives the terminal back also when a second signal comes before it has', async () => {
    await using device = await Device.create({ receiveBufferSize: 64, deaf: true })
    await using terminal = await Terminal.create()
    const before = terminal.settings()
    for (const pause of [3, 30]) {
      await using running = terminal.run(['monitor', device.path])
      await terminal.hears('quits')
      terminal.forget()
      // It is waited for, since it does not leave.
      await terminal.say(Buffer.alloc(100_000, 'x'))
      running.signal('SIGTERM')
      await sleep(pause)
      running.signal('SIGINT')
      const { code } = await running.ended()
      assert.ok(code === 143 || code === 130, `${code}`)
      assert.equal(terminal.settings(), before)
    }
  })

  it('gives the terminal back when the device goes, even in the menu, and says so', async () => {
    const log = path.join(folder, 'gone')
    await atMonitor(['--log', log], async (desk) => {
      const { device, running, terminal } = desk
      await terminal.say(menuKey)
      await terminal.hears('Esc back')
      await device.say('last words')
      await eventually(
        () => 'last words',
        () => readFileSync(log).includes('last words'),
      )
      await device.unplug()
      assert.equal((await running.ended()).code, 1)
      await terminal.hears('baud: DISCONNECTED: ')
      assert.match(terminal.heard.toString(), /last words[^]*--- closed; 10 bytes received/)
      assert.ok(terminal.heard.includes('Esc back\r\x1b[K'), 'the menu is wiped away')
    })
  })

  it('ends when the terminal goes', async () => {
    await using device = await Device.create()
    await using terminal = await Terminal.create()
    await using running = terminal.run(['monitor', device.path])
    await terminal.hears('quits')
    await terminal.unplug()
    assert.equal((await running.ended()).code, 129)
  })

  it('shows control characters from the device, unless it is raw', async () => {
    await atMonitor([], async (desk) => {
      const { device, terminal } = desk
      await device.say('\x1b[31mred\x07\r\n')
      await terminal.hears('␛[31mred␇')
      await choose(desk, 'a', 'raw on')
      await device.say('\x1b[31mred\r\n')
      await terminal.hears('\x1b[31mred')
      await terminal.say(quit)
      await terminal.hears('\x1b[0m')
    })
  })

  it('changes settings of the open port from the menu', async () => {
    await atMonitor(['--baud', '9600'], async (desk) => {
      const { terminal } = desk
      await choose(desk, 'b', 'speed in bit/s [9600]:')
      await terminal.say(`1152x\x7f00\r`)
      await terminal.hears('--- 115200 8N1, no flow control')
      await choose(desk, '2', '115200 8N2')
      await choose(desk, 'E', '115200 8E2')
      await choose(desk, 'X', 'XON/XOFF')
      await choose(desk, '5', 'INVALID_OPTION: stopBits')
      await choose(desk, 'i', 'at 115200 8E2, XON/XOFF flow control')
      await terminal.hears('0 bytes received, 0 bytes sent')
      await choose(desk, 'b', 'speed')
      await terminal.say('x9\r')
      await terminal.hears('"x9" is no number')
      await choose(desk, 'b', 'speed')
      await terminal.say('12\x1b')
      await choose(desk, 'i', 'at 115200 8E2')
      await terminal.say(quit)
    })
  })

  it('switches views, echo and line ends while it runs', async () => {
    await atMonitor(['--timestamps', '--echo'], async (desk) => {
      const { device, terminal } = desk
      await terminal.say('a\r')
      await eventually(
        () => 'a stamp before the echo',
        () => /\[\d\d:\d\d:\d\d\.\d{3}\] a\r/.test(terminal.heard.toString()),
      )
      await choose(desk, ctrl('e'), 'local echo off')
      await choose(desk, 't', 'timestamps off')
      await choose(desk, ctrl('l'), 'Enter sends CR')
      await choose(desk, 'v', 'hex on')
      await device.say('Hi')
      await terminal.hears('00000000  48 69  ')
      device.forget()
      await terminal.say('b\r')
      await device.hears('b\r')
      await device.say('!')
      // In the same row, or after a pause in one of its own.
      await terminal.hears(' 21  ')
      assert.ok(!terminal.heard.includes('62 0d'))
      await terminal.say(quit)
    })
  })

  it('keeps the screen while it is paused, and loses nothing', async () => {
    const log = path.join(folder, 'paused')
    await atMonitor(['--log', log], async (desk) => {
      const { device, running, terminal } = desk
      const arrived = (text: string) =>
        eventually(
          () => text,
          () => readFileSync(log).includes(text),
        )
      await choose(desk, 'p', 'paused')
      await device.say('meanwhile')
      await arrived('meanwhile')
      assert.ok(!terminal.heard.includes('meanwhile'))
      await terminal.say('x')
      await terminal.hears('meanwhile')
      await choose(desk, 'p', 'paused')
      await device.say('to the end')
      await arrived('to the end')
      await terminal.say(quit)
      assert.equal((await running.ended()).code, 0)
      await terminal.hears('to the end')
    })
    assert.ok(!readFileSync(log).includes('x'))
  })

  it('starts and stops a log', async () => {
    const log = path.join(folder, 'log')
    await atMonitor([], async (desk) => {
      const { device, terminal } = desk
      await choose(desk, 'l', 'to the file')
      await terminal.say(`${log}\r`)
      await terminal.hears('started')
      await device.say('\x00kept\xff')
      await terminal.hears('kept')
      await choose(desk, 'l', 'stopped')
      await device.say('not kept')
      await terminal.hears('not kept')
      await choose(desk, 'l', 'to the file')
      await terminal.say(`${folder}\r`)
      await terminal.hears('EISDIR')
      await terminal.say(quit)
    })
    assert.deepEqual(readFileSync(log), Buffer.from('\x00kept\xff'))
  })

  it('sends a file whole', async () => {
    const file = path.join(folder, 'file')
    const data = Buffer.alloc(50_000, 'all of it, ')
    writeFileSync(file, data)
    await atMonitor([], async (desk) => {
      const { device, terminal } = desk
      await choose(desk, 'f', 'file to send')
      await terminal.say(`${file}\r`)
      await terminal.hears('--- 50,000 bytes sent')
      await device.hears(data)
      await choose(desk, 'f', 'file to send')
      await terminal.say(`${file}-none\r`)
      await terminal.hears('ENOENT')
      await terminal.say(quit)
    })
  })

  it('stops sending a file that the device does not take, on Esc and on a signal', async () => {
    const file = path.join(folder, 'long')
    writeFileSync(file, Buffer.alloc(4_000_000))
    await using terminal = await Terminal.create()
    await using device = await Device.create({ receiveBufferSize: 64, deaf: true })
    await using running = terminal.run(['monitor', device.path])
    await terminal.hears('quits')
    await choose({ device, terminal, running }, 'f', 'file to send')
    await terminal.say(`${file}\r`)
    await terminal.hears('kB of 4.0 MB')
    await terminal.say('x\x1b')
    await terminal.hears('cancelled, ')
    await choose({ device, terminal, running }, 'f', 'file to send')
    await terminal.say(`${file}\r`)
    await terminal.hears('kB of 4.0 MB')
    terminal.forget()
    running.signal('SIGTERM')
    assert.equal((await running.ended()).code, 143)
    await terminal.hears('closed; ')
    assert.match(terminal.heard.toString(), /cancelled, [^]*closed; /)
  })

  it('ends a break on Esc, shows what the device says meanwhile, and quits in the middle of one', async () => {
    await atMonitor([], async (desk) => {
      const { device, running, terminal } = desk
      await choose(desk, 'k', 'break for how many ms')
      await terminal.say('60001\r')
      await terminal.hears('a break is at most 60000 ms')
      await choose(desk, 'k', 'break for how many ms')
      await terminal.say('60000\r')
      await terminal.hears('Esc ends it')
      await device.say('what was that?')
      await terminal.hears('what was that?')
      await terminal.say('x\x1b')
      await terminal.hears('break cut short')
      await choose(desk, 'k', 'break for how many ms')
      await terminal.say('1\r')
      await terminal.hears('break sent, 1 ms')
      await choose(desk, 'k', 'break for how many ms')
      await terminal.say('60000\r')
      await terminal.hears('Esc ends it')
      await terminal.say(quit)
      assert.equal((await running.ended()).code, 0)
      assert.ok(!device.heard.includes('x'))
    })
  })

  it('uses colour on a terminal, and none with NO_COLOR', async () => {
    await using device = await Device.create()
    for (const [env, expected] of [
      [{ NO_COLOR: '1' }, false],
      [{ NO_COLOR: undefined }, true],
    ] as const) {
      await using terminal = await Terminal.create()
      await using running = terminal.run(['monitor', device.path], env)
      await terminal.hears('quits')
      assert.equal(terminal.heard.includes('\x1b['), expected)
      await terminal.say(quit)
      await running.ended()
    }
  })
})
