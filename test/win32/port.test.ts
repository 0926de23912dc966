// The Windows port beyond what every transport must do: its errors, and how threads and listeners end.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { mock, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { open, openSync, SerialError } from '../../src/index.ts'
import { kernel32 } from '../../src/native/win32/index.ts'
import { win32file, winerror } from '../../src/win32/index.ts'
import { addCable, needsLab, removeCable } from '../support/lab.ts'
import { eventually, within } from '../support/wait.ts'
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
  test('what somebody else holds', async () => {
    const file = fileWith('x')
    // Wine lets a COM port be opened twice; a file is as exclusive as it should be.
    const holder = win32file.CreateFile(file, 0x80000000, 0, null, 3, 0, null)
    assert.equal(await codeOf(open(file)), 'PORT_BUSY')
    holder.Close()
    rmSync(file)
  })

  const folders = [
    tmpdir(),
    'C:\\',
    'C:\\windows',
    'c:/windows',
    '\\\\.\\C:\\windows',
    '\\\\?\\C:\\windows\\',
  ]
  for (const path of [...folders, 'C:', 'PhysicalDrive0', '\\\\.\\PhysicalDrive0', 'NUL', 'CONOUT$']) {
    test(`${path} is no serial port`, async () => {
      assert.equal(await codeOf(open(path)), 'NOT_A_SERIAL_PORT')
      assert.throws(() => openSync(path), { code: 'NOT_A_SERIAL_PORT' })
    })
  }

  test('access denied: to a drive for who is no administrator, to a port for who comes second', () => {
    kernel32.GetLastError()
    const calls = [
      mock.method(kernel32, 'CreateFileW', () => -1),
      mock.method(kernel32, 'GetLastError', () => winerror.ERROR_ACCESS_DENIED),
    ]
    try {
      for (const path of ['C:', 'D:\\x', 'PhysicalDrive0', '\\\\server\\share\\x', '//./c:']) {
        assert.throws(() => openSync(path), {
          code: 'NOT_A_SERIAL_PORT',
          errno: winerror.ERROR_ACCESS_DENIED,
        })
      }
      const stable = '\\\\?\\usb#vid_0403&pid_6001#a1#{86e0d1e0-8089-11d0-9ce4-08003e301f73}'
      for (const path of ['COM5', '\\\\.\\COM177', 'CNCA0', stable]) {
        assert.throws(() => openSync(path), { code: 'PORT_BUSY', errno: winerror.ERROR_ACCESS_DENIED })
      }
    } finally {
      for (const call of calls) call.mock.restore()
    }
  })

  test('a name as DOS has it', { skip: needsPorts }, async () => {
    await (await open(`${names.a}:`)).close()
    assert.equal(await codeOf(open('COM99:')), 'PORT_NOT_FOUND')
    assert.equal(await codeOf(open(`${names.a}::`)), 'PORT_NOT_FOUND')
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

/** Runs this in a process, at once after the import, and returns its exit code. */
async function run(body: string): Promise<number> {
  const module = new URL('../../src/index.js', import.meta.url).href
  const source = `import(${JSON.stringify(module)}).then(async ({ open, openSync }) => { ${body} })`
  const child = spawn(process.execPath, ['-e', source], { stdio: 'ignore' })
  const watchdog = setTimeout(() => child.kill(), 15_000)
  const [code] = (await once(child, 'exit')) as [number]
  clearTimeout(watchdog)
  return code
}

test('openSync() is there as soon as the import is', { skip: needsPorts }, async () => {
  const name = JSON.stringify(names.a)
  assert.equal(await run(`const port = openSync(${name}); port.close(); process.exitCode = 4`), 4)
})

test('what came when paused is given before the end is told', { skip: needsPorts }, async () => {
  const port = await open(names.a, { receiveBufferSize: 64 })
  const peer = await open(names.b)
  const { ClearCommError } = kernel32
  let isGone = false
  let queued = Infinity
  const driver = mock.method(kernel32, 'ClearCommError', (handle: number, errors: Buffer, stat: Buffer) => {
    const result = ClearCommError(isGone ? 0 : handle, errors, stat)
    queued = new DataView(stat.buffer, stat.byteOffset).getUint32(4, true)
    return result
  })
  try {
    await peer.write('a'.repeat(64))
    await eventually('the buffer is full', () => port.bytesToRead === 64)
    await peer.write('b'.repeat(36))
    await eventually('the rest is read, too', () => port.bytesToRead === 100 && queued === 0)
    isGone = true
    assert.notEqual(await within(5000, port.closed), undefined)
  } finally {
    driver.mock.restore()
    await peer.close()
  }
  assert.equal(String(await port.read()), 'a'.repeat(64) + 'b'.repeat(36))
})

test('closing ends a write that the driver does not let go of', { skip: needsLab }, async () => {
  const cable = addCable()
  const port = await open(cable.a)
  const writing = port.write(new Uint8Array(4_000_000)).catch((error: unknown) => error)
  await eventually('the line is full', () => port.bytesToWrite > 0)
  await sleep(50)
  const cancel = mock.method(kernel32, 'CancelIoEx', () => 1)
  try {
    await within(10_000, port.close())
    const error = await within(1000, writing)
    assert.ok(error instanceof SerialError, String(error))
    assert.equal(error.code, 'PORT_NOT_OPEN')
    assert.ok(Number(error.bytesTransferred) < 4_000_000)
  } finally {
    cancel.mock.restore()
    removeCable(cable)
  }
})

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

  test(
    'an exception in a listener, called by a completion, is an uncaught exception',
    { skip: needsLab },
    async () => {
      const cable = addCable()
      const peer = await open(cable.b)
      const running = run(`const device = await open(${JSON.stringify(cable.a)})
      process.on('uncaughtException', async (error) => {
        await device.close()
        process.exitCode = error.message === 'on purpose' ? 9 : 1
      })
      device.on('close', () => { throw new Error('on purpose') })
      await device.write('ready')`)
      await peer.readExactly(5, { timeout: 15_000 })
      await peer.close()
      removeCable(cable)
      assert.equal(await running, 9)
    },
  )
})
