// Devices that come and go, as Windows tells of them. Wine does not, so a library of ours stands in for cfgmgr32.dll: the
// prototypes and structures are those of mingw-w64's header, and the call comes from a thread of its own.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { bind } from '../../src/native/ffi.ts'
import type { PortInfo } from '../../src/native/index.ts'
import { portInterfaces } from '../../src/native/win32/listing/keys.ts'
import { DeviceNotifications, watchPorts } from '../../src/native/win32/notifications.ts'
import { Watcher } from '../../src/watcher.ts'
import { eventually, timed, within } from '../support/wait.ts'
import { needsWindows } from './com.ts'

const folder = process.env['BAUD_FAKES']
const skip = needsWindows || (folder === undefined && 'needs mingw-w64: node lab/wine/run.mjs')
const library = `${folder}\\notifying.dll`

const fake = bind(library, {
  Fake_Notify: { returns: 'BOOL', takes: ['pointer interface_class', 'DWORD action'] },
  Fake_Registered: { returns: 'DWORD', takes: [] },
  Fake_Returned: { returns: 'DWORD', takes: [] },
  Fake_Results: { returns: 'DWORD', takes: [] },
})

const [comPort, modem] = portInterfaces
assert.ok(comPort && modem)

const comes = (interfaceClass: Uint8Array) => assert.equal(fake.Fake_Notify(interfaceClass, 0), 1)
const goes = (interfaceClass: Uint8Array) => assert.equal(fake.Fake_Notify(interfaceClass, 1), 1)

/** Runs with the loop free until every call has returned. */
const allReturned = (count: number) => eventually('the calls return', () => fake.Fake_Returned() === count)

suite('DeviceNotifications', { skip }, () => {
  const notifications = new DeviceNotifications(library)
  let calls = 0

  test('tell of ports and modems, and of nothing else; registered once', async () => {
    const heard = [0, 0]
    const stops = [0, 1].map((i) => notifications.listen(() => (heard[i] = Number(heard[i]) + 1)))
    assert.equal(fake.Fake_Registered(), 2)
    comes(comPort)
    await eventually('the port', () => heard[0] === 1 && heard[1] === 1)
    goes(modem)
    await eventually('the modem', () => heard[0] === 2 && heard[1] === 2)
    comes(new Uint8Array(16))
    stops[0]?.()
    comes(comPort)
    await eventually('the other', () => heard[1] === 3)
    assert.deepEqual(heard, [2, 3])
    stops[1]?.()
    comes(comPort)
    await allReturned((calls += 4))
    assert.deepEqual(heard, [2, 3])
    assert.equal(fake.Fake_Results(), 0)
  })

  test('many at once, with a listener that comes and goes: nothing waits for ever', async () => {
    let heard = 0
    for (let round = 0; round < 200; round++) {
      const stop = notifications.listen(() => heard++)
      comes(comPort)
      if (round % 3 === 0) await sleep(1)
      stop?.()
    }
    await within(20_000, allReturned((calls += 200)))
    assert.ok(heard > 0 && heard <= 200, `${heard}`)
    assert.equal(fake.Fake_Registered(), 2)
  })

  test('a listener that throws is an uncaught exception, and the system gets its answer', async () => {
    const errors: string[] = []
    const record = (error: Error) => void errors.push(error.message)
    const others = process.rawListeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', record)
    const stop = notifications.listen(() => {
      throw new Error('on purpose')
    })
    comes(comPort)
    await allReturned((calls += 1))
    await sleep(10)
    stop?.()
    process.removeAllListeners('uncaughtException')
    for (const other of others) process.on('uncaughtException', other as (error: Error) => void)
    assert.deepEqual(errors, ['on purpose'])
    assert.equal(fake.Fake_Results(), 0)
  })

  test('watching: a port is told of at once, also when it is listed a moment late', async () => {
    let ports: PortInfo[] = []
    const port: PortInfo = { path: 'COM7', kind: 'usb' }
    let timers = 0
    const watcher = new Watcher(
      {
        list: async () => ports,
        listSync: () => ports,
        watchPorts: (tell) => watchPorts((hint) => (timers++, tell(hint)), notifications),
      },
      {},
    )
    const next = () => within(5000, watcher.next())
    ports = [port]
    comes(comPort)
    const { ms, result } = await timed(next())
    assert.deepEqual(result.value, { type: 'added', port })
    assert.ok(ms < 1000, `${ms} ms`)
    goes(comPort)
    await allReturned((calls += 2))
    await sleep(20)
    ports = []
    assert.deepEqual((await next()).value, { type: 'removed', port })
    await watcher.return()
    const ended = timers
    await sleep(1100)
    assert.equal(timers, ended)
  })

  test('in a worker thread nobody is told, and nothing is registered', async () => {
    const module = new URL('../../src/native/win32/notifications.js', import.meta.url).href
    const source = `const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.module).then(({ DeviceNotifications }) => {
        parentPort.postMessage(typeof new DeviceNotifications(workerData.library).listen(() => {}))
      })`
    const worker = new Worker(source, { eval: true, workerData: { module, library } })
    const told = await new Promise((resolve) => worker.once('message', resolve))
    assert.equal(told, 'undefined')
    assert.equal(fake.Fake_Registered(), 2)
  })
})

suite('the end of a process that was told', { skip }, () => {
  const module = (name: string) =>
    JSON.stringify(new URL(`../../src/native/${name}.js`, import.meta.url).href)
  const begin = `const [{ DeviceNotifications }, { bind }] = await Promise.all([import(${module('win32/notifications')}), import(${module('ffi')})])
    const fake = bind(${JSON.stringify(library)}, { Fake_Notify: { returns: 'BOOL', takes: ['pointer guid', 'DWORD action'] } })
    const guid = Buffer.from(${JSON.stringify(Buffer.from(comPort).toString('hex'))}, 'hex')
    const stop = new DeviceNotifications(${JSON.stringify(library)}).listen(() => {})`
  const endings = {
    'by itself, when nobody listens any more': 'stop(); process.exitCode = 5',
    'while calls are on their way': 'for (let i = 0; i < 50; i++) fake.Fake_Notify(guid, 0); process.exit(5)',
    'while calls go on': `setInterval(() => fake.Fake_Notify(guid, 0), 1); setTimeout(() => process.exit(5), 100)`,
  }

  for (const [ending, body] of Object.entries(endings)) {
    test(ending, async () => {
      const args = ['--input-type=module', '-e', `${begin}; ${body}`]
      const child = spawn(process.execPath, args, { stdio: 'ignore' })
      const watchdog = setTimeout(() => child.kill(), 20_000)
      const [code] = (await once(child, 'exit')) as [number]
      clearTimeout(watchdog)
      assert.equal(code, 5)
    })
  }
})

suite('a system without notifications', { skip: needsWindows }, () => {
  test('does not tell: the ports are listed every second', async () => {
    for (const without of ['kernel32.dll', 'no-such-library.dll']) {
      const notifications = new DeviceNotifications(without)
      assert.equal(
        notifications.listen(() => {}),
        undefined,
      )
      let told = 0
      const watch = watchPorts(() => told++, notifications)
      await eventually('a look', () => told > 0)
      watch.close()
    }
  })
})
