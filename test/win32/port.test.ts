// The Windows port beyond what every transport must do: its errors, its endings, and that it loses nothing.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { open, openSync, SerialError } from '../../src/index.ts'
import { pinned } from '../../src/native/win32/index.ts'
import { win32file } from '../../src/win32/index.ts'
import { handleCount } from '../support/handles.ts'
import { addCable, needsLab, removeCable } from '../support/lab.ts'
import { fileWith, names, needsPorts, needsWindows, openCom } from './com.ts'

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    assert.ok(error instanceof SerialError, String(error))
    assert.ok(error.errno === undefined || error.errnoName?.startsWith('ERROR_'), String(error.errnoName))
    return error.code
  }
  return 'no error'
}

suite('opening', { skip: needsWindows }, () => {
  test('what there is not', async () => {
    assert.equal(await codeOf(open('COM99')), 'PORT_NOT_FOUND')
    assert.throws(() => openSync('COM99'), {
      code: 'PORT_NOT_FOUND',
      errno: 2,
      errnoName: 'ERROR_FILE_NOT_FOUND',
    })
    assert.equal(await codeOf(open('no such port')), 'PORT_NOT_FOUND')
  })

  test('what is no port', async () => {
    const file = fileWith('x')
    assert.equal(await codeOf(open(file)), 'NOT_A_SERIAL_PORT')
    rmSync(file)
  })

  test('what somebody else holds', async () => {
    const file = fileWith('x')
    // Wine lets a COM port be opened twice; a file is as exclusive as it should be.
    const holder = win32file.CreateFile(file, 0x80000000, 0, null, 3, 0, null)
    assert.equal(await codeOf(open(file)), 'PORT_BUSY')
    holder.Close()
    rmSync(file)
  })

  test('a directory', async () => {
    assert.notEqual(await codeOf(open(tmpdir())), 'no error')
  })

  test('bad names and settings that Windows does not have', async () => {
    assert.equal(await codeOf(open('COM\0')), 'INVALID_OPTION')
    assert.equal(await codeOf(open('COM99', { rs485: {} })), 'UNSUPPORTED')
    assert.equal(await codeOf(open('COM99', { lowLatency: true })), 'UNSUPPORTED')
  })

  test('names above COM9, with and without the prefix', { skip: needsLab }, async () => {
    const cable = addCable()
    assert.ok(Number(cable.a.slice(3)) > 9)
    for (const name of [cable.a, cable.a.toLowerCase(), `\\\\.\\${cable.a}`]) await (await open(name)).close()
    removeCable(cable)
  })

  test('settings are put back where asked for', { skip: needsPorts }, async () => {
    const raw = openCom(names.a)
    const dcb = win32file.GetCommState(raw)
    dcb.BaudRate = 2400
    win32file.SetCommState(raw, dcb)
    const timeouts = win32file.GetCommTimeouts(raw)
    const port = await open(names.a, { baudRate: 115200, restoreSettingsOnClose: true })
    assert.equal(win32file.GetCommState(raw).BaudRate, 115200)
    await port.close()
    assert.equal(win32file.GetCommState(raw).BaudRate, 2400)
    assert.deepEqual(timeouts, [0, 0, 0, 0, 0])
    raw.Close()
  })
})

test('openSync() is there as soon as the import is', { skip: needsPorts }, async () => {
  const name = JSON.stringify(names.a)
  assert.equal(await runBare(`const port = openSync(${name}); port.close(); process.exitCode = 4`), 4)
})

suite('nothing is lost', { skip: needsPorts }, () => {
  test('random writes, time-outs, cancels, pauses and collections', async () => {
    const port = await open(names.a, { receiveBufferSize: 256 })
    const peer = await open(names.b)
    const total = 100_000
    const send = async () => {
      for (let sent = 0; sent < total;) {
        const size = Math.min(total - sent, 1 + Math.floor(Math.random() * 700))
        await peer.write(Uint8Array.from({ length: size }, (_, i) => (sent + i) % 251))
        sent += size
        if (Math.random() < 0.2) await sleep(Math.random() * 4)
      }
    }
    const sending = send()
    let got = 0
    for (let round = 0; got < total; round++) {
      const size = 1 + Math.floor(Math.random() * 900)
      const chunk = await (round % 5 === 0
        ? port.read(size, { signal: AbortSignal.timeout(1) }).catch(() => Buffer.alloc(0))
        : port.read(size, { timeout: Math.random() * 3 }))
      for (const byte of chunk) assert.equal(byte, got++ % 251)
      if (round % 7 === 0) await sleep(Math.random() * 3)
      if (round % 50 === 0) globalThis.gc?.()
    }
    await sending
    await Promise.all([port.close(), peer.close()])
  })

  test('a cancelled write says how much was taken, and no more is sent', async () => {
    const port = await open(names.a)
    const peer = await open(names.b, { receiveBufferSize: 64 })
    const data = Uint8Array.from({ length: 2_000_000 }, (_, i) => i % 251)
    const error = await port.write(data, { timeout: 100 }).then(
      () => undefined,
      (e: unknown) => e,
    )
    assert.ok(error instanceof SerialError && error.code === 'TIMEOUT', String(error))
    const taken = error.bytesTransferred ?? -1
    assert.ok(taken > 0 && taken < data.length, `${taken}`)
    const got = await peer.readExactly(taken, { timeout: 10_000 })
    assert.ok(got.equals(data.subarray(0, taken)))
    assert.equal((await peer.read({ timeout: 100 })).length, 0)
    await Promise.all([port.close(), peer.close()])
  })

  test('the same with blocking ports', () => {
    const port = openSync(names.a)
    const peer = openSync(names.b)
    let [sent, got] = [0, 0]
    for (let round = 0; round < 1000; round++) {
      const size = Math.floor(Math.random() * 200)
      peer.write(Uint8Array.from({ length: size }, (_, i) => (sent + i) % 251))
      sent += size
      const chunk = port.read(1 + Math.floor(Math.random() * 300), { timeout: round % 4 === 0 ? 1 : 0 })
      for (const byte of chunk) assert.equal(byte, got++ % 251)
    }
    if (sent > got)
      for (const byte of port.readExactly(sent - got, { timeout: 5000 })) assert.equal(byte, got++ % 251)
    assert.equal(port.read({ timeout: 20 }).length, 0)
    port.close()
    peer.close()
  })
})

/** Runs this in a process that has a port open and a read pending, and returns its exit code. */
function run(body: string): Promise<number> {
  return runBare(`const port = await open(${JSON.stringify(names.a)}); const read = port.read(); ${body}`)
}

/** Runs this in a process, at once after the import, and returns its exit code. */
async function runBare(body: string): Promise<number> {
  const module = new URL('../../src/index.js', import.meta.url).href
  const source = `import(${JSON.stringify(module)}).then(async ({ open, openSync }) => { ${body} })`
  const child = spawn(process.execPath, ['-e', source], { stdio: 'ignore' })
  const watchdog = setTimeout(() => child.kill(), 15_000)
  const [code] = (await once(child, 'exit')) as [number]
  clearTimeout(watchdog)
  return code
}

suite('endings', { skip: needsPorts }, () => {
  for (const ending of ['terminate', 'exit', 'throw', 'unref'] as const) {
    test(`a thread with an open port: ${ending}`, async () => {
      for (let round = 0; round < 3; round++) {
        const workerData = { name: names.a, ending }
        const worker = new Worker(new URL('./port-worker.js', import.meta.url), { workerData })
        const errors: string[] = []
        worker.on('error', (error) => errors.push(error.message))
        const exited = new Promise((resolve) => {
          worker.once('exit', resolve)
        })
        await once(worker, 'message')
        if (ending === 'terminate') await worker.terminate()
        await exited
        assert.deepEqual(errors, ending === 'throw' ? ['on purpose'] : [])
        // Whoever still listened to the port would be called now.
        const peer = await open(names.b)
        await peer.write('hello')
        await sleep(30)
        await peer.close()
      }
    })
  }

  test('a process with a pending read', async () => {
    assert.equal(await run('setTimeout(() => process.exit(5), 50)'), 5)
    assert.equal(await run('port.unref(); process.exitCode = 6'), 6)
    assert.equal(await run('read.catch(() => process.exitCode = 7); await port.close()'), 7)
    // An open port keeps the process alive.
    const stays = 'const t = setTimeout(() => process.exit(8), 300); t.unref()'
    assert.equal(await run(stays), 8)
  })

  test(
    'an exception in a listener, called by a completion, is an uncaught exception',
    { skip: needsLab },
    async () => {
      const cable = addCable()
      const peer = await open(cable.b)
      const running = run(`read.catch(() => {})
      const device = await open(${JSON.stringify(cable.a)})
      process.on('uncaughtException', async (error) => {
        await device.close()
        process.exitCode = error.message === 'on purpose' ? 9 : 1
        await port.close()
      })
      device.on('close', () => { throw new Error('on purpose') })
      await device.write('ready')`)
      await peer.readExactly(5, { timeout: 15_000 })
      await peer.close()
      removeCable(cable)
      assert.equal(await running, 9)
    },
  )

  test('closing with a write that is stuck ends soon', async () => {
    const port = await open(names.a)
    const writing = port
      .write(new Uint8Array(1_000_000))
      .catch((error: unknown) => (error as SerialError).code)
    await sleep(50)
    const began = performance.now()
    await port.close()
    assert.ok(performance.now() - began < 3000)
    assert.equal(await writing, 'PORT_NOT_OPEN')
    // What was stuck is in the cable: out with it.
    const peer = await open(names.b)
    while ((await peer.read({ timeout: 50 })).length > 0);
    await peer.close()
  })

  test('10,000 rounds of open, read and close leave the process as it was', async () => {
    const round = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const port = await open(names.a)
        const read = port.read().catch(() => {})
        await port.close()
        await read
      }
      for (let i = 0; i < 10; i++) {
        globalThis.gc?.()
        await sleep(10)
      }
      const { arrayBuffers, heapUsed, rss } = process.memoryUsage()
      return { ours: (heapUsed + arrayBuffers) / 2 ** 20, all: rss / 2 ** 20 }
    }
    await round(1000)
    const before = await round(1000)
    const handles = handleCount()
    const after = await round(8000)
    const shown = JSON.stringify({ before, after })
    assert.ok(after.ours - before.ours < 8, shown)
    // With what Wine and Node keep for themselves, which creeps by a kilobyte or two a round and levels out.
    assert.ok(after.all - before.all < 64, shown)
    assert.ok(handleCount() <= handles + 10)
    assert.deepEqual(pinned().pending, 0)
  })
})
