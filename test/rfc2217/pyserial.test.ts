// With pySerial's software on the other side, as Debian has it.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import { loop } from '../../src/virtual/index.ts'
import { Running } from '../cli/support.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { createPair } from '../support/pair.ts'
import { freeNumber, openSoon } from '../support/other-server.ts'
import { onWindows } from '../support/platform.ts'
import { lacksPySerial, portManager, Python } from '../support/pyserial.ts'
import { eventually } from '../support/wait.ts'
import { carryBothWays } from './carry.ts'
import { Served } from './served.ts'

const lacks = onWindows ? 'runs where the lab runs' : lacksPySerial()
const limit = { timeout: 240_000, skip: lacks }

/** Each way, with every byte value. */
const megabyte = 1_000_000
const total = 10 * megabyte

const sha = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

/** pySerial's client does what a script of this test says, with a port on this URL. */
const client = (script: string) => `
import hashlib, sys, threading, time
import serial
port = serial.serial_for_url(sys.argv[1], baudrate=115200, bytesize=7, parity='E', stopbits=2, timeout=20, do_not_open=True)
${script}
port.close()
print('done')
`

/** All that it can set, with what it sees then. */
const everything = `
port.open()
print(port.cts, port.dsr, port.ri, port.cd)
port.rts = False
port.baudrate = 1234567
while port.cts: time.sleep(0.01)
print(port.cts, port.dsr)
port.send_break(0.05)
port.break_condition = True
port.break_condition = False
port.dtr = False
port.rtscts = True
input_ = port.rtscts
port.rtscts = False
port.xonxoff = True
port.xonxoff = False
port.reset_input_buffer()
port.reset_output_buffer()
port.rts = True
port.write(b'hello')
print(port.read(5))
`

/** So many bytes each way: it says "open", and in the end the digest of what it has read. */
const transfer = `
total = int(sys.argv[2])
port.bytesize, port.parity, port.stopbits = 8, 'N', 1
port.open()
# It gives each write 5 s in all to go into the socket, where megabytes stand before it and a busy machine needs longer.
port._socket.settimeout(200)
# Read as its own reader thread leaves it, many bytes at a time: read() takes them one by one.
def read():
    digest = hashlib.sha256()
    for done in range(100000, total + 1, 100000):
        digest.update(port.read(100000))
        if done % 1000000 == 0: print('read', done)
    print(digest.hexdigest())
reader = threading.Thread(target=read)
print('open')
reader.start()
block = bytes(range(256)) * 256
for done in range(0, total, len(block)): port.write(block[:min(len(block), total - done)])
reader.join()
`

/** Has pySerial carry so many bytes each way at once between this URL and a device, and compares them. */
async function carries(test: TestContext, url: string, device: SerialPort, count: number): Promise<void> {
  await using python = Python.say(client(transfer), url, String(count))
  assert.equal(await python.line(), 'open')
  const sent = new ByteStream(7).take(count)
  const writing = device.write(sent)
  // One by one, for Python takes its time: who waits for the tests sees that they go on.
  for (let done = 0; done < count; done += megabyte) {
    await test.test(`MB ${done / megabyte + 1}`, async () => {
      const got = await python.during(device.readExactly(megabyte, { timeout: 200_000 }))
      assert.ok(got.every((byte, index) => byte === (done + index) % 256))
    })
  }
  await writing
  for (let done = megabyte; done <= count; done += megabyte) {
    await test.test(`MB ${done / megabyte} back`, async () => {
      assert.equal(await python.line(), `read ${done}`)
    })
  }
  assert.equal(await python.line(), sha(sent))
}

describe("pySerial's client on our server", limit, () => {
  it('opens the port, with its settings and lines', async () => {
    await using shared = loop()
    await using served = await Served.begin(shared)
    await using python = Python.say(client(everything), served.url)
    // pySerial sets DTR and RTS when it opens.
    assert.equal(await python.line(), 'True True False True')
    assert.deepEqual(
      [shared.settings.dataBits, shared.settings.parity, shared.settings.stopBits],
      [7, 'even', 2],
    )
    assert.equal(await python.line(), 'False True')
    assert.equal(shared.settings.baudRate, 1_234_567)
    assert.equal(await python.line(), "b'hello'")
    assert.equal(await python.line(), 'done')
    await served.sessions[0]?.closed
    assert.deepEqual([shared.settings.baudRate, shared.settings.dataBits], [9600, 8])
  })

  it('with poll_modem and ign_set_control as well', async () => {
    await using shared = loop()
    await using served = await Served.begin(shared)
    const script = client('port.open()\nprint(port.cts)\nport.rts = False\nprint(port.cts)')
    await using python = Python.say(script, `${served.url}?poll_modem&ign_set_control`)
    assert.equal(await python.line(), 'True')
    assert.equal(await python.line(), 'False')
    assert.equal(await python.line(), 'done')
  })

  it('carries 1 MB each way, with every byte value', async (test) => {
    await using pair = await createPair()
    await using shared = await open(pair.a)
    await using device = await open(pair.b)
    await using served = await Served.begin(shared)
    await carries(test, served.url, device, megabyte)
  })
})

/** `baud serve` with this port, in a process of its own; it gets where that listens, and the process. */
async function serving(port: string, body: (url: string, running: Running) => Promise<void>): Promise<void> {
  await using running = new Running(['serve', port, '--rfc2217', '0'])
  await running.prints('listening rfc2217')
  const [, place = ''] = /^listening rfc2217 (\S+)$/m.exec(running.stdout.toString()) ?? []
  await body(`rfc2217://${place}`, running)
}

describe("pySerial's client on baud serve", limit, () => {
  it('opens the port, with its settings and lines', () =>
    serving('loop://', async (url, running) => {
      await using python = Python.say(client(everything), url)
      const lines = []
      for (let line = await python.line(); line !== 'done'; line = await python.line()) lines.push(line)
      assert.deepEqual(lines, ['True True False True', 'False True', "b'hello'"])
      await eventually('it is in the log', () => running.stderr.includes('baud 1234567'))
    }))

  it(`carries ${total / 1e6} MB each way, with every byte value`, async (test) => {
    await using pair = await createPair()
    await using device = await open(pair.b)
    await serving(pair.a, (url) => carries(test, url, device, total))
  })
})

/** Debian's example of a server on pySerial's PortManager. */
const example = ['/usr/share/doc/python3-serial/examples/rfc2217_server.py'].find((path) => existsSync(path))

/** Sets what can be set, hears of the lines, and sends every byte value round. */
async function exercise(port: SerialPort): Promise<void> {
  assert.equal(port.settings.baudRate, 57600)
  // PortManager looks at its lines every 50 ms, and answers no questions about them.
  while (!(await port.getSignals()).dsr) await sleep(10)
  assert.deepEqual(await port.getSignals(), { cts: true, dsr: true, dcd: true, ri: false })
  let heard = 0
  port.on('signals', ({ cts }) => (heard += cts ? 0 : 1))
  await port.setSignals({ rts: false })
  await eventually('CTS is off', () => heard > 0, 20_000)
  await port.reconfigure({ baudRate: 9600, parity: 'odd', dataBits: 7, stopBits: 2, flowControl: 'software' })
  await port.sendBreak(10)
  await port.setSignals({ rts: true, dtr: false })
  for (const queue of ['input', 'output', 'both'] as const) await port.purge(queue)
  const all = Uint8Array.from({ length: 1024 }, (_, index) => index % 256)
  await port.write(all)
  assert.deepEqual(Uint8Array.from(await port.readExactly(1024, { timeout: 20_000 })), all)
  await port.drain({ timeout: 20_000 })
}

const asExercised = { baudRate: 57600, dtr: true, rts: true }

describe("our client on pySerial's server", limit, () => {
  it(
    "opens Debian's example, sets and hears its lines",
    { skip: example === undefined && 'Debian has left its examples out' },
    async () => {
      const number = await freeNumber()
      const program = `import sys\nsys.argv = ['server', '-p', '${number}', 'loop://']\nexec(compile(${JSON.stringify(readFileSync(example ?? '', 'utf8'))}, 'server', 'exec'))`
      await using server = Python.say(program)
      await using port = await openSoon(`rfc2217://127.0.0.1:${number}`, asExercised)
      assert.ok(server.isRunning)
      await exercise(port)
    },
  )

  it('does the same with PortManager in a program of our own', async () => {
    await using server = Python.run(portManager, 'loop://')
    const url = `rfc2217://127.0.0.1:${await server.line()}`
    // One client after the other, each as the first.
    for (let count = 0; count < 2; count++) {
      await using port = await open(url, asExercised)
      await exercise(port)
    }
  })

  it('carries 10 MB each way, with every byte value', async () => {
    await using pair = await createPair()
    await using device = await open(pair.b)
    await using python = Python.run(portManager, pair.a)
    await using port = await open(`rfc2217://127.0.0.1:${await python.line()}`, { baudRate: 115200 })
    assert.deepEqual(await port.getSignals(), { cts: true, dsr: true, dcd: true, ri: false })
    await carryBothWays(port, device)
    // Flow control by DSR is nothing that it answers to.
    const { message } = await rejectsWith('TIMEOUT', port.reconfigure({ flowControl: 'dsr-dtr' }))
    assert.match(message, /flow/)
  })
})
