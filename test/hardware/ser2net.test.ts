// With Debian's ser2net on a real port: lines, breaks and parity are those of the other end of its cable.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import type { InputSignals, LineError, SerialOptions, SerialPort } from '../../src/index.ts'
import { lacksSer2net, Ser2net } from '../support/ser2net.ts'
import { eventually } from '../support/wait.ts'
import { cable, needs } from './null-modem.ts'

/** Each step takes its time: the guest is emulated, and ser2net starts slowly there. */
const limit = { timeout: 60_000, skip: needs('nm') || lacksSer2net() }

/** An address beside loopback's: ser2net looks even numbers up as names of a family that the machine has addresses of. */
function haveAddress(): void {
  spawnSync('ip', ['address', 'add', '192.0.2.1/32', 'dev', 'lo'])
}

/** A test with the port that ser2net shares, and the other end of its cable. */
function using(
  options: SerialOptions,
  body: (port: SerialPort, device: SerialPort) => Promise<void>,
): () => Promise<void> {
  return async () => {
    haveAddress()
    await using device = await open(cable.b, { ...options, lineErrors: 'report' })
    await using server = await Ser2net.start(cable.a)
    await using port = await server.open(options)
    await body(port, device)
  }
}

suite('our client on ser2net, with real lines', limit, () => {
  test(
    'DTR and RTS are set as asked',
    using({}, async (port, device) => {
      for (const [dtr, rts] of [
        [true, false],
        [false, true],
        [true, true],
        [false, false],
      ] as const) {
        await port.setSignals({ dtr, rts })
        const { cts, dsr } = await device.getSignals()
        assert.deepEqual({ dsr, cts }, { dsr: dtr, cts: rts })
      }
    }),
  )

  test(
    'the lines that come in are told of without asking',
    using({ dtr: true, rts: true }, async (port, device) => {
      await device.setSignals({ dtr: true, rts: true })
      const heard: InputSignals[] = []
      port.on('signals', (signals) => heard.push(signals))
      await device.setSignals({ rts: false })
      await eventually('CTS is off', () => heard.at(-1)?.cts === false, 20_000)
      await device.setSignals({ rts: true, dtr: false })
      await eventually('DSR is off', () => heard.at(-1)?.dsr === false && heard.at(-1)?.cts === true, 20_000)
      assert.deepEqual(await port.getSignals(), heard.at(-1))
    }),
  )

  test(
    'a break begins and ends, although ser2net says each time that it is on',
    using({ baudRate: 115_200 }, async (port, device) => {
      const errors: LineError[] = []
      device.on('lineError', (error) => errors.push(error))
      await port.sendBreak(50)
      await eventually('it is heard', () => errors.some(({ kind }) => kind === 'break'), 20_000)
      await sleep(200)
      await device.purge('input')
      await port.write('through')
      assert.equal(String(await device.readExactly(7, { timeout: 20_000 })), 'through')
      assert.equal(errors.length, 1)
    }),
  )

  test(
    'baud rate and parity are those of the line',
    using({ baudRate: 57_600, parity: 'odd', dataBits: 7, stopBits: 2 }, async (port, device) => {
      const errors: LineError[] = []
      device.on('lineError', (error) => errors.push(error))
      await port.write('odd')
      assert.equal(String(await device.readExactly(3, { timeout: 20_000 })), 'odd')
      assert.deepEqual(errors, [])
      await port.reconfigure({ parity: 'even' })
      await port.write('even')
      await eventually('it is wrong', () => errors.some(({ kind }) => kind === 'parity'), 20_000)
    }),
  )
})
