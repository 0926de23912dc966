// S4: waiting, blocking and not, for every kind of object.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { SerialError } from '../../src/index.ts'
import { pywintypes, win32con, win32event, win32file, winerror } from '../../src/win32/index.ts'
import { closedWhileAwaited } from './closing-waits.ts'
import { needsWindows } from './com.ts'
import { winerrorOf, winerrorOfAsync } from './failing.ts'
import { memoryNotification, openProcess, startThread } from './objects.ts'

const { INFINITE, WAIT_ABANDONED, WAIT_OBJECT_0, WAIT_TIMEOUT } = win32event
const { WaitForMultipleObjects, WaitForMultipleObjectsAsync } = win32event
const { WaitForSingleObject, WaitForSingleObjectAsync } = win32event

type Handle = pywintypes.HandleLike

/** Both forms, each with the same words. */
const forms: readonly [string, (handle: Handle, ms: number) => number | Promise<number>][] = [
  ['blocking', WaitForSingleObject],
  ['awaited', WaitForSingleObjectAsync],
]

/** By default one that a wait resets. */
const event = (manual = false, signalled = false) => win32event.CreateEvent(null, manual, signalled, null)

for (const [form, wait] of forms) {
  suite(`WaitForSingleObject, ${form}`, { skip: needsWindows }, () => {
    test('an event: time-out, then signalled', async () => {
      const auto = event()
      const began = performance.now()
      assert.equal(await wait(auto, 30), WAIT_TIMEOUT)
      assert.ok(performance.now() - began > 25)
      win32event.SetEvent(auto)
      assert.equal(await wait(auto, INFINITE), WAIT_OBJECT_0)
      assert.equal(await wait(auto, 0), WAIT_TIMEOUT)
    })

    test('a semaphore drops by one', async () => {
      const semaphore = win32event.CreateSemaphore(null, 2, 2, null)
      assert.equal(await wait(semaphore, 100), WAIT_OBJECT_0)
      assert.equal(await wait(semaphore, 100), WAIT_OBJECT_0)
      assert.equal(await wait(semaphore, 10), WAIT_TIMEOUT)
    })

    test('a mutex is owned by this thread', async () => {
      const mutex = win32event.CreateMutex(null, false, null)
      assert.equal(await wait(mutex, 100), WAIT_OBJECT_0)
      win32event.ReleaseMutex(mutex)
      assert.equal(
        winerrorOf(() => win32event.ReleaseMutex(mutex)),
        winerror.ERROR_NOT_OWNER,
      )
    })

    test('a mutex whose owner died is abandoned', async () => {
      const name = `baud-${process.pid}-${form}`
      const mutex = win32event.CreateMutex(null, false, name)
      const worker = new Worker(new URL('./abandon-mutex.js', import.meta.url), { workerData: name })
      await once(worker, 'exit')
      assert.equal(await wait(mutex, 2000), WAIT_ABANDONED)
      win32event.ReleaseMutex(mutex)
      assert.equal(await wait(mutex, 0), WAIT_OBJECT_0)
    })

    test('a waitable timer', async () => {
      const timer = win32event.CreateWaitableTimer(null, false, null)
      const began = performance.now()
      win32event.SetWaitableTimer(timer, -50 * 10_000, 0, null, null, false)
      assert.equal(await wait(timer, 5), WAIT_TIMEOUT)
      assert.equal(await wait(timer, 2000), WAIT_OBJECT_0)
      assert.ok(performance.now() - began > 40)
      assert.equal(await wait(timer, 0), WAIT_TIMEOUT)
    })

    test('a process', async () => {
      const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 300)'], { stdio: 'ignore' })
      assert.ok(child.pid !== undefined)
      const handle = openProcess(child.pid)
      assert.equal(await wait(handle, 0), WAIT_TIMEOUT)
      assert.equal(await wait(handle, 20_000), WAIT_OBJECT_0)
      handle.Close()
    })

    test('a thread', async () => {
      const thread = startThread(60)
      assert.equal(await wait(thread, 5), WAIT_TIMEOUT)
      assert.equal(await wait(thread, 2000), WAIT_OBJECT_0)
      thread.Close()
    })

    test('a change notification', async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'baud-'))
      const change = win32file.FindFirstChangeNotification(
        folder,
        false,
        win32con.FILE_NOTIFY_CHANGE_FILE_NAME,
      )
      assert.equal(await wait(change, 10), WAIT_TIMEOUT)
      writeFileSync(path.join(folder, 'one'), '')
      assert.equal(await wait(change, 2000), WAIT_OBJECT_0)
      win32file.FindNextChangeNotification(change)
      writeFileSync(path.join(folder, 'two'), '')
      assert.equal(await wait(change, 2000), WAIT_OBJECT_0)
      win32file.FindCloseChangeNotification(change)
      rmSync(folder, { recursive: true })
    })

    test('a memory resource notification', async () => {
      const notification = memoryNotification(1)
      // Signalled where memory is plenty; Wine never signals it.
      assert.ok([WAIT_OBJECT_0, WAIT_TIMEOUT].includes(await wait(notification, 10)))
      notification.Close()
    })

    test('console input', async (t) => {
      const access = win32con.GENERIC_READ | win32con.GENERIC_WRITE
      const share = win32con.FILE_SHARE_READ | win32con.FILE_SHARE_WRITE
      let console
      try {
        console = win32file.CreateFile('CONIN$', access, share, null, win32con.OPEN_EXISTING, 0, null)
      } catch (error) {
        assert.ok(error instanceof pywintypes.error)
        t.skip(`there is no console: ${error.message}`)
        return
      }
      assert.ok([WAIT_OBJECT_0, WAIT_TIMEOUT].includes(await wait(console, 10)))
      console.Close()
    })

    test('a handle that is none: 6', async () => {
      const closed = event()
      closed.Close()
      const call = async () => wait(closed, 0)
      assert.equal(await winerrorOfAsync(call()), winerror.ERROR_INVALID_HANDLE)
      const number = async () => wait(0x7ffffff0, 10)
      assert.equal(await winerrorOfAsync(number()), winerror.ERROR_INVALID_HANDLE)
    })
  })
}

suite('WaitForSingleObject that is awaited', { skip: needsWindows }, () => {
  const isAborted = (error: unknown) => error instanceof SerialError && error.code === 'ABORTED'

  test('lets the event loop run on', async () => {
    const auto = event()
    setTimeout(() => win32event.SetEvent(auto), 30)
    assert.equal(await WaitForSingleObjectAsync(auto, INFINITE), WAIT_OBJECT_0)
  })

  test('an abort ends it, and leaves the object alone', async () => {
    const auto = event()
    const signal = AbortSignal.timeout(20)
    await assert.rejects(WaitForSingleObjectAsync(auto, INFINITE, { signal }), isAborted)
    win32event.SetEvent(auto)
    await sleep(20)
    assert.equal(WaitForSingleObject(auto, 0), WAIT_OBJECT_0)
  })

  test('aborted before it began: nothing is touched', async () => {
    const auto = event(false, true)
    await assert.rejects(WaitForSingleObjectAsync(auto, 0, { signal: AbortSignal.abort() }), isAborted)
    assert.equal(WaitForSingleObject(auto, 0), WAIT_OBJECT_0)
  })

  test('an abort of the waiting for a mutex', async () => {
    const name = `baud-${process.pid}-held`
    const mutex = win32event.CreateMutex(null, true, name)
    const thread = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads')
       import(workerData.module).then(async ({ win32event }) => {
         const mutex = win32event.OpenMutex(win32event.MUTEX_ALL_ACCESS, false, workerData.name)
         const signal = AbortSignal.timeout(30)
         const code = await win32event.WaitForSingleObjectAsync(mutex, 2000, { signal }).catch((e) => e.code)
         const late = await win32event.WaitForSingleObjectAsync(mutex, 30)
         parentPort.postMessage([code, late])
       })`,
      { eval: true, workerData: { name, module: new URL('../../src/win32/index.js', import.meta.url).href } },
    )
    assert.deepEqual(await once(thread, 'message'), [['ABORTED', WAIT_TIMEOUT]])
    win32event.ReleaseMutex(mutex)
  })

  test('a signal and an abort at once: one or the other, and the event is not lost', async () => {
    for (let i = 0; i < 300; i++) {
      const auto = event()
      const controller = new AbortController()
      const wait = WaitForSingleObjectAsync(auto, INFINITE, { signal: controller.signal })
      win32event.SetEvent(auto)
      if (i % 3 === 1) await sleep(1)
      controller.abort()
      const outcome = await wait.catch((error: unknown) =>
        isAborted(error) ? 'aborted' : assert.fail(String(error)),
      )
      // What was not consumed by the wait is still there.
      const left = WaitForSingleObject(auto, 0)
      assert.equal(left, outcome === 'aborted' ? WAIT_OBJECT_0 : WAIT_TIMEOUT, `round ${i}: ${outcome}`)
      auto.Close()
    }
  })

  test('an abort of the waiting for a manual event, a process, a thread', async () => {
    const thread = startThread(200)
    const objects = [event(true), openProcess(process.pid), thread]
    for (const object of objects) {
      const wait = WaitForSingleObjectAsync(object, INFINITE, { signal: AbortSignal.timeout(10) })
      await assert.rejects(wait, isAborted)
    }
    assert.equal(await WaitForSingleObjectAsync(thread, 2000), WAIT_OBJECT_0)
  })

  test('what is closed meanwhile', async () => {
    const expected = {
      auto: 'error 6',
      manual: 'error 6',
      polled: 'error 6',
      one: 'error 6',
      signalled: WAIT_OBJECT_0,
      silent: WAIT_TIMEOUT,
    }
    assert.deepEqual(await closedWhileAwaited(), expected)
    const worker = new Worker(new URL('./closing-waits.js', import.meta.url))
    assert.deepEqual(await once(worker, 'message'), [expected])
  })

  test('hundreds at once', async () => {
    const events = Array.from({ length: 300 }, () => event())
    const waits = events.map((handle) => WaitForSingleObjectAsync(handle, 10_000))
    for (const handle of events.toReversed()) win32event.SetEvent(handle)
    assert.ok((await Promise.all(waits)).every((result) => result === WAIT_OBJECT_0))
  })

  test('keeps the process alive, and nothing longer', async () => {
    const module = new URL('../../src/win32/index.js', import.meta.url).href
    const run = async (body: string) => {
      const source = `import(${JSON.stringify(module)}).then(async ({ win32event: e }) => { ${body} })`
      const child = spawn(process.execPath, ['-e', source], { stdio: 'ignore' })
      const [code] = (await once(child, 'exit')) as [number]
      return code
    }
    const timer =
      'const t = e.CreateWaitableTimer(null, 0, null); e.SetWaitableTimer(t, -3e6, 0, null, null, 0);'
    assert.equal(await run(`${timer} await e.WaitForSingleObjectAsync(t, 60000); process.exitCode = 5`), 5)
    // A wait that was aborted holds nothing.
    const signal = '{ signal: AbortSignal.timeout(20) }'
    assert.equal(
      await run(
        `await e.WaitForSingleObjectAsync(e.CreateEvent(null, 0, 0, null), 1e9, ${signal}).catch(() => process.exitCode = 6)`,
      ),
      6,
    )
    // And the process may end while something is waited for.
    assert.equal(
      await run('e.WaitForSingleObjectAsync(e.CreateEvent(null, 0, 0, null), 1e9); process.exit(7)'),
      7,
    )
  })
})

suite('WaitForMultipleObjects', { skip: needsWindows }, () => {
  const both = [
    ['blocking', WaitForMultipleObjects],
    ['awaited', WaitForMultipleObjectsAsync],
  ] as const

  for (const [form, wait] of both) {
    test(`any, ${form}: the first that is signalled, and it alone is changed`, async () => {
      const events = [event(), event(), event()] as const
      assert.equal(await wait(events, false, 20), WAIT_TIMEOUT)
      win32event.SetEvent(events[1])
      win32event.SetEvent(events[2])
      assert.equal(await wait(events, false, 1000), WAIT_OBJECT_0 + 1)
      assert.deepEqual(
        events.map((handle) => WaitForSingleObject(handle, 0)),
        [WAIT_TIMEOUT, WAIT_TIMEOUT, WAIT_OBJECT_0],
      )
    })

    test(`all, ${form}: nothing is changed before all are signalled`, async () => {
      const events = [event(), event()] as const
      win32event.SetEvent(events[0])
      assert.equal(await wait(events, true, 20), WAIT_TIMEOUT)
      win32event.SetEvent(events[1])
      assert.equal(await wait(events, true, 1000), WAIT_OBJECT_0)
      assert.equal(await wait(events, false, 0), WAIT_TIMEOUT)
    })

    test(`objects of several kinds, ${form}`, async () => {
      const timer = win32event.CreateWaitableTimer(null, false, null)
      win32event.SetWaitableTimer(timer, -20 * 10_000, 0, null, null, false)
      const semaphore = win32event.CreateSemaphore(null, 0, 1, null)
      assert.equal(await wait([semaphore, event(), timer], false, 2000), WAIT_OBJECT_0 + 2)
    })
  }

  test('awaited, can be aborted', async () => {
    const wait = WaitForMultipleObjectsAsync([event(), event()], false, INFINITE, {
      signal: AbortSignal.timeout(20),
    })
    await assert.rejects(wait, (error) => error instanceof SerialError && error.code === 'ABORTED')
  })

  test('SignalObjectAndWait does both', () => {
    const [first, second] = [event(true), event(true, true)]
    assert.equal(win32event.SignalObjectAndWait(first, second, 100, false), WAIT_OBJECT_0)
    assert.equal(WaitForSingleObject(first, 0), WAIT_OBJECT_0)
  })

  test('SignalObjectAndWait, awaited', async () => {
    const { SignalObjectAndWaitAsync } = win32event
    const [first, second] = [event(true), event()]
    const waiting = SignalObjectAndWaitAsync(first, second, 10_000)
    assert.equal(WaitForSingleObject(first, 0), WAIT_OBJECT_0)
    win32event.SetEvent(second)
    assert.equal(await waiting, WAIT_OBJECT_0)
    assert.equal(await SignalObjectAndWaitAsync(first, second, 20), WAIT_TIMEOUT)
    assert.equal(await SignalObjectAndWaitAsync(second, second, 0), WAIT_OBJECT_0)
    const signal = AbortSignal.timeout(20)
    await assert.rejects(SignalObjectAndWaitAsync(first, second, INFINITE, { signal }), { code: 'ABORTED' })
    // Aborted beforehand: nothing is signalled.
    const late = SignalObjectAndWaitAsync(second, first, 0, { signal })
    await assert.rejects(late, { code: 'ABORTED' })
    assert.equal(WaitForSingleObject(second, 0), WAIT_TIMEOUT)
  })

  test('alertable forms', () => {
    const signalled = event(true, true)
    assert.equal(win32event.WaitForSingleObjectEx(signalled, 10, true), WAIT_OBJECT_0)
    assert.equal(
      win32event.WaitForMultipleObjectsEx([event(), signalled], false, 10, true),
      WAIT_OBJECT_0 + 1,
    )
  })
})
