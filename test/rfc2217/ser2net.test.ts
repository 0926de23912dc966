// With ser2net on the other side, as Debian has it (4.3.11). What it makes of control lines needs real ones: see
// test/hardware/ser2net.test.ts.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createConnection } from 'node:net'
import { describe, it } from 'node:test'
import type { SerialPort } from '../../src/index.ts'
import { open } from '../../src/index.ts'
import { Protocol } from '../../src/rfc2217/protocol.ts'
import { rejectsWith } from '../conformance/expect.ts'
import { createPair } from '../support/pair.ts'
import { lacksSer2net, Ser2net } from '../support/ser2net.ts'
import { eventually } from '../support/wait.ts'
import { carryBothWays } from './carry.ts'

const limit = { timeout: 120_000, skip: lacksSer2net() }

/** A test with a port that ser2net shares, the device at its other end, and the path that ser2net has opened. */
function using(
  query: string,
  body: (port: SerialPort, device: SerialPort, path: string) => Promise<void>,
): () => Promise<void> {
  return async () => {
    await using pair = await createPair()
    await using device = await open(pair.b)
    await using server = await Ser2net.start(pair.a)
    await using port = await server.open({ baudRate: 115200 }, query)
    await body(port, device, pair.a)
  }
}

/** What stty(1) says of a terminal. */
const stty = (path: string) => execFileSync('stty', ['-F', path, '-a'], { encoding: 'utf8' })

describe('our client on ser2net', limit, () => {
  it(
    'sets the line, which the system knows then',
    using('', async (port, _device, path) => {
      assert.match(stty(path), /speed 115200 baud/)
      await port.reconfigure({ baudRate: 19200, stopBits: 2 })
      assert.match(stty(path), /speed 19200 baud[^]* cstopb/)
      // A pseudo-terminal has eight bits and no parity whatever is asked, and ser2net answers what it was asked.
      await port.reconfigure({ dataBits: 7, parity: 'even', stopBits: 1 })
      await port.reconfigure({ dataBits: 8, parity: 'none', baudRate: 230_400 })
      assert.deepEqual([port.settings.baudRate, port.settings.parity], [230_400, 'none'])
      assert.match(stty(path), /speed 230400 baud[^]* -cstopb/)
    }),
  )

  it(
    'sets flow control that it has, and hears which it has not',
    using('', async (port, _device, path) => {
      await port.reconfigure({ flowControl: 'hardware' })
      assert.match(stty(path), / crtscts/)
      await port.reconfigure({ flowControl: 'software' })
      assert.match(stty(path), / ixon [^]* -crtscts|-crtscts[^]* ixon /)
      await port.reconfigure({ flowControl: 'none' })
      assert.match(stty(path), / -ixon /)
      // It takes this for flow control of what is received, where RFC 2217 has it for both ways, and answers about that
      // (14): we hear that it was not done.
      const { message } = await rejectsWith('UNSUPPORTED', port.reconfigure({ flowControl: 'dsr-dtr' }))
      assert.match(message, /dsr-dtr/)
      assert.equal(port.settings.flowControl, 'none')
    }),
  )

  it(
    'does not hear about DTR and RTS that the port does not have: it says nothing of what the system has refused',
    using('?timeout=0.3', async (port, device) => {
      const setting = [
        rejectsWith('TIMEOUT', port.setSignals({ dtr: true })),
        rejectsWith('TIMEOUT', port.setSignals({ rts: true })),
      ]
      for (const { message } of await Promise.all(setting)) assert.match(message, /\?ign_set_control/)
      // The answer to this was never to come, and the next is not taken for it.
      await port.reconfigure({ baudRate: 9600 })
      await port.write('on')
      assert.equal(String(await device.readExactly(2, { timeout: 5000 })), 'on')
    }),
  )
  it(
    'does without with ign_set_control',
    using('?ign_set_control', async (port) => {
      await port.setSignals({ dtr: true, rts: false })
      await port.drain({ timeout: 5000 })
    }),
  )

  it(
    'hears of the lines unasked, and not when it asks',
    using('?poll_modem&timeout=0.3', async (port) => {
      // It tells of them when RFC 2217 is agreed on and at each mask, but takes no notice of NOTIFY-MODEMSTATE.
      await rejectsWith('TIMEOUT', port.getSignals())
    }),
  )
  it(
    'has the lines without asking',
    using('', async (port) => {
      assert.deepEqual(await port.getSignals(), { cts: false, dsr: false, dcd: false, ri: false })
    }),
  )

  it('gets other answers than RFC 2217 has, which is why it waits for none of these', async () => {
    await using pair = await createPair()
    await using server = await Ser2net.start(pair.a)
    // As soon as it listens.
    await (await server.open()).close()
    const { port: number } = new URL(server.url.replace('rfc2217', 'http'))
    const socket = createConnection(Number(number), '127.0.0.1')
    const protocol = new Protocol('client')
    const heard: string[] = []
    socket.on('data', (chunk: Buffer) => {
      for (const event of protocol.receive(chunk)) {
        if (event.kind === 'reply') socket.write(event.bytes)
        if (event.kind === 'message') heard.push(`${event.message.command} ${event.message.value}`)
      }
    })
    socket.write(protocol.begin())
    await eventually('it tells of the lines', () => heard.length > 0)
    heard.length = 0
    for (const [command, value] of [
      // Taken no notice of.
      ['modemState', 0],
      ['lineState', 0],
      // Answered with the state.
      ['lineStateMask', 30],
      ['modemStateMask', 255],
      // Taken for questions about flow control.
      ['suspend', 0],
      ['resume', 0],
      // A break is on whether it is asked for, has ended or has begun.
      ['control', 4],
      ['control', 6],
      ['purge', 3],
    ] as const) {
      socket.write(protocol.encode(command, value))
    }
    // Not in the order of the questions: what the device has to be asked comes later.
    const answers = [
      'lineState 0',
      'modemState 0',
      'purge 3',
      'control 1',
      'control 1',
      'control 5',
      'control 5',
    ]
    await eventually('all are answered', () => heard.length >= answers.length)
    socket.destroy()
    assert.deepEqual(heard.toSorted(), answers.toSorted())
  })

  it(
    'sends a break, of which ser2net says that it is on whatever becomes of it',
    using('', async (port) => {
      await port.sendBreak(10)
    }),
  )

  it(
    'purges and drains',
    using('', async (port, device) => {
      for (const queue of ['input', 'output', 'both'] as const) await port.purge(queue)
      await device.write('old')
      assert.equal(String(await port.readExactly(1, { timeout: 5000 })), 'o')
      await port.purge('input')
      await device.write('new')
      assert.equal(String(await port.readExactly(3, { timeout: 5000 })), 'new')
      await port.write('out')
      await port.drain({ timeout: 5000 })
      assert.equal(String(await device.readExactly(3, { timeout: 5000 })), 'out')
    }),
  )

  it(
    'carries 10 MB each way at once, with every byte value',
    using('', async (port, device) => {
      await carryBothWays(port, device)
    }),
  )
})
