// Devices are pulled out and put back at random moments of their traffic: each loss is told, nothing hangs or is left over.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, SerialError } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import { seeded } from '../support/random.ts'
import type { Random } from '../support/random.ts'
import { givesAllBack } from '../support/resources.ts'
import { eventually, within } from '../support/wait.ts'
import { cable, needs } from './null-modem.ts'
import { UsbRig } from './usb-rig.ts'
import type { Adapter } from './usb-rig.ts'

/** How often each is pulled out. Emulation is slow: 500 rounds take minutes, and `BAUD_TEST_THOROUGH=1` asks for them. */
const rounds = process.env['BAUD_TEST_THOROUGH'] === undefined ? 50 : 500

const skip = needs('nm') || needs('usb')
const limit = { skip, timeout: 50_000 + rounds * 1000 }

/** Calls that a port may be in the middle of, as chance has it. */
function traffic(port: SerialPort, random: Random): Promise<PromiseSettledResult<unknown>[]> {
  const calls = [
    () => port.write(new Uint8Array(random.between(1, 20_000))),
    () => port.read(),
    () => port.readExactly(random.between(1, 5000)),
    () => port.write('x').then(() => port.drain()),
    () => port.getSignals(),
    () => port.setSignals({ rts: random.once(2) }),
    () => port.reconfigure({ baudRate: random.once(2) ? 460_800 : 921_600 }),
    () => port.sendBreak(random.between(1, 5)),
    () => port.purge('input'),
  ]
  return Promise.allSettled(calls.filter(() => random.once(2)).map((call) => call()))
}

/** Each ended as it would have anyhow, or told of the loss. */
async function allSettled(calls: Promise<PromiseSettledResult<unknown>[]>): Promise<void> {
  for (const call of await within(10_000, calls)) {
    if (call.status === 'fulfilled') continue
    const reason: unknown = call.reason
    assert.ok(reason instanceof SerialError && reason.code === 'DISCONNECTED', String(reason))
  }
}

/** How much memory is in use when all that can be collected has been (bytes). */
function memory(): number {
  for (let turn = 0; turn < 4; turn++) global.gc?.()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Runs it so often, after some rounds in which what is lasting is made, and asserts that nothing is left over. */
async function repeated(count: number, round: () => Promise<void>): Promise<void> {
  for (let warm = 0; warm < 10; warm++) await round()
  const begun = memory()
  await givesAllBack(async () => {
    for (let done = 0; done < count; done++) await round()
  })
  const grown = memory() - begun
  // A port with its buffers is some 10 KB, and what the compiler makes of the code comes and goes.
  assert.ok(grown < 300_000 + count * 1000, `${count} rounds left ${grown} bytes`)
}

suite('pulled out at random', limit, () => {
  let rig: UsbRig
  let adapter: Adapter

  before(async () => {
    rig = new UsbRig()
    adapter = await rig.make('ft232r')
    await adapter.plug()
  })
  after(async () => {
    await cable.plug()
    await rig[Symbol.asyncDispose]()
  })

  /** To the port it makes no difference whether the device goes or its driver: and the device takes half a second to come. */
  const driver = '/sys/bus/usb/drivers/ftdi_sio'
  const usb = {
    pull: () => writeFileSync(`${driver}/unbind`, '1-1:1.0'),
    async put() {
      if (!existsSync(adapter.path)) writeFileSync(`${driver}/bind`, '1-1:1.0')
      await adapter.settle()
    },
  }

  test(`a null modem with both ends open, ${rounds} times`, (t) =>
    seeded(async (random, seed) => {
      t.diagnostic(`BAUD_TEST_SEED=${seed}`)
      await repeated(rounds, async () => {
        await cable.plug()
        const ends = await Promise.all([cable.a, cable.b].map((path) => open(path, { baudRate: 921_600 })))
        const calls = ends.map((port) => traffic(port, random))
        const losses = ends.map((port) => once(port, 'close') as Promise<[SerialError?]>)
        await sleep(random.between(0, 10))
        cable.unplug()
        for (const [reason] of await within(10_000, Promise.all(losses)))
          assert.equal(reason?.code, 'DISCONNECTED')
        for (const each of calls) await allSettled(each)
      })
    }))

  test(`a USB adapter that talks back, ${rounds} times`, (t) =>
    seeded(async (random, seed) => {
      t.diagnostic(`BAUD_TEST_SEED=${seed}`)
      await adapter.far.echo(true)
      await repeated(rounds, async () => {
        await usb.put()
        const port = await open(adapter.path, { baudRate: 921_600 })
        const calls = traffic(port, random)
        const loss = once(port, 'close') as Promise<[SerialError?]>
        await sleep(random.between(0, 10))
        usb.pull()
        assert.equal((await within(10_000, loss))[0]?.code, 'DISCONNECTED')
        await allSettled(calls)
      })
    }))

  test(`a port that stays, ${Math.ceil(rounds / 8)} times`, (t) =>
    seeded(async (random, seed) => {
      t.diagnostic(`BAUD_TEST_SEED=${seed}`)
      await usb.put()
      await using port = await open(adapter.path, { baudRate: 921_600, reconnect: true })
      let [lost, found] = [0, 0]
      port.on('disconnect', () => lost++)
      port.on('reconnect', () => found++)
      const count = Math.ceil(rounds / 8)
      for (let round = 0; round < count; round++) {
        const calls = traffic(port, random)
        await sleep(random.between(0, 10))
        usb.pull()
        await eventually('the loss is told', () => lost === round + 1, 20_000)
        await allSettled(calls)
        await usb.put()
        await eventually('it is found', () => found === round + 1, 20_000)
      }
      await port.close()
      assert.deepEqual([lost, found], [count, count])
    }))
})
