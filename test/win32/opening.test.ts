// Opening without holding up the event loop: a thread of libuv's pool calls CreateFile. A pool that is busy stands for a
// device that takes its time.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { pbkdf2 } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mock, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { open, openSync, SerialError } from '../../src/index.ts'
import { kernel32 } from '../../src/native/win32/index.ts'
import { win32file } from '../../src/win32/index.ts'
import { fileWith, names, needsPorts, needsWindows } from './com.ts'

/** Gives all four threads of the pool something to do. */
function busyPool() {
  const busy = { free: false, all: Promise.resolve<unknown>(undefined) }
  const one = () =>
    new Promise((resolve) => {
      pbkdf2('secret', 'salt', 100_000, 64, 'sha512', () => {
        busy.free = true
        resolve(undefined)
      })
    })
  busy.all = Promise.all([one(), one(), one(), one()])
  return busy
}

async function failure(opening: Promise<unknown>): Promise<SerialError> {
  const error = await opening.then(
    () => assert.fail('it was opened'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof SerialError, String(error))
  return error
}

suite('opening in the pool', { skip: needsWindows }, () => {
  test('fails with what CreateFile said in its thread, as the blocking port does', async () => {
    const file = fileWith('x')
    const holder = win32file.CreateFile(file, 0x80000000, 0, null, 3, 0, null)
    for (const [name, errno] of [
      ['COM99', 2],
      ['C:\\no\\such\\folder', 3],
      [file, 32],
    ] as const) {
      const opening = failure(open(name))
      // This thread's own last error meanwhile: ERROR_INVALID_HANDLE.
      assert.equal(kernel32.CloseHandle(0x7ffffff0), 0)
      const error = await opening
      assert.equal(error.errno, errno)
      assert.equal(error.syscall, 'CreateFile')
      assert.throws(() => openSync(name), { code: error.code, errno, message: error.message })
    }
    holder.Close()
    rmSync(file)
  })

  test('the event loop goes on meanwhile', { skip: needsPorts }, async () => {
    const pool = busyPool()
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await using port = await open(names.a)
    clearInterval(timer)
    assert.ok(port.isOpen)
    assert.ok(pool.free, 'CreateFile was called by this thread')
    // As often as the other threads let it.
    assert.ok(turns > 1, `${turns}`)
    await pool.all
  })

  test('many at a time', { skip: needsPorts }, async () => {
    const openings = Array.from({ length: 20 }, (_, i) => open(i % 2 === 0 ? names.a : 'COM99'))
    const settled = await Promise.allSettled(openings)
    const ports = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    assert.equal(ports.length, 10)
    await Promise.all(ports.map((port) => port.close()))
  })
})

/** Makes `COM177` lead to this object of the system, in the eyes of this thread. */
function com177(target: string) {
  const original = kernel32.QueryDosDeviceW
  return mock.method(kernel32, 'QueryDosDeviceW', (name: string, buffer: Uint8Array, size: number) => {
    if (name.toUpperCase() !== 'COM177') return original(name, buffer, size)
    const text = `${target}\0\0`
    buffer.set(Buffer.from(text, 'utf16le'))
    return text.length
  })
}

suite('ports of Windows’ Bluetooth driver', { skip: needsWindows }, () => {
  test('get half of the pool, and the others need not wait for them', async () => {
    const name = 'COM177'
    await failure(open('COM99'))
    const query = com177('\\Device\\BthModem0')
    const pool = busyPool()
    const spy = mock.method(kernel32.CreateFileW as unknown as { async: (name: string) => void }, 'async')
    const openings = ['COM99', name, name, name, 'com177', 'COM99', 'COM99'].map((port) =>
      failure(open(port)),
    )
    const begun = spy.mock.calls.map(({ arguments: [port] }) => port)
    assert.equal(pool.free, false)
    const errors = await Promise.all(openings)
    assert.equal(spy.mock.callCount(), openings.length)
    spy.mock.restore()
    query.mock.restore()
    assert.deepEqual(
      begun.map((port) => port.slice(4)),
      ['COM99', name, name, 'COM99', 'COM99'],
    )
    for (const error of errors) assert.equal(error.syscall, 'CreateFile')
  })
})

suite('an opening that is aborted', { skip: needsPorts }, () => {
  test('rejects at once; the handle that comes late is closed, and its device was not set', async () => {
    const pool = busyPool()
    const stop = new AbortController()
    const opening = failure(open(names.a, { signal: stop.signal }))
    await sleep(5)
    const spies = [mock.method(kernel32, 'CloseHandle'), mock.method(kernel32, 'GetCommState')] as const
    const reason = new Error('on purpose')
    stop.abort(reason)
    const error = await opening
    assert.equal(error.code, 'ABORTED')
    assert.equal(error.cause, reason)
    assert.equal(pool.free, false)
    assert.equal(spies[0].mock.callCount(), 0)
    await pool.all
    for (let i = 0; i < 100 && spies[0].mock.callCount() === 0; i++) await sleep(10)
    assert.equal(spies[0].mock.callCount(), 1)
    assert.equal(spies[0].mock.calls[0]?.result, 1)
    assert.equal(spies[1].mock.callCount(), 0)
    for (const spy of spies) spy.mock.restore()
  })

  test('a failure that comes late is nobody’s', async () => {
    const pool = busyPool()
    const error = await failure(open('COM99', { signal: AbortSignal.timeout(5) }))
    assert.equal(error.code, 'ABORTED')
    assert.equal(pool.free, false)
    await pool.all
    await sleep(20)
  })

  test('a signal that aborts later is not the port’s affair', async () => {
    const stop = new AbortController()
    const port = await open(names.a, { signal: stop.signal })
    stop.abort()
    await sleep(5)
    assert.ok(port.isOpen)
    await port.close()
  })
})

suite('an end while a port is being opened', { skip: needsPorts }, () => {
  test('of the thread', async () => {
    for (let round = 0; round < 5; round++) {
      const workerData = { name: names.a, ending: 'opening' }
      const worker = new Worker(new URL('./port-worker.js', import.meta.url), { workerData })
      const errors: string[] = []
      worker.on('error', (error) => errors.push(error.message))
      await once(worker, 'message')
      const pool = busyPool()
      worker.postMessage('go')
      await once(worker, 'message')
      assert.equal(pool.free, false)
      await worker.terminate()
      assert.deepEqual(errors, [])
      await pool.all
    }
    await (await open(names.a)).close()
  })

  test('of the process', async () => {
    const module = new URL('../../src/index.js', import.meta.url).href
    const source = `import(${JSON.stringify(module)}).then(({ open }) => {
      for (let i = 0; i < 4; i++) require('crypto').pbkdf2('x', 'y', 300000, 64, 'sha512', () => {})
      open(${JSON.stringify(names.a)})
      setTimeout(() => process.exit(5), 5) })`
    const child = spawn(process.execPath, ['-e', source], { stdio: 'ignore' })
    const watchdog = setTimeout(() => child.kill(), 20_000)
    const [code] = (await once(child, 'exit')) as [number]
    clearTimeout(watchdog)
    assert.equal(code, 5)
  })
})
