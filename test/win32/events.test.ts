// S3: events, and the other objects of win32event.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { win32event, winerror } from '../../src/win32/index.ts'
import type { pywintypes } from '../../src/win32/index.ts'
import { needsWindows } from './com.ts'
import { winerrorOf } from './failing.ts'

const { EVENT_ALL_ACCESS, WAIT_OBJECT_0, WAIT_TIMEOUT } = win32event

const look = (handle: pywintypes.PyHANDLE) => win32event.WaitForSingleObject(handle, 0)

let names = 0
const newName = () => `baud-${process.pid}-${++names}`

suite('CreateEvent', { skip: needsWindows }, () => {
  test('auto-reset: one wait consumes it', () => {
    const event = win32event.CreateEvent(null, 0, 0, null)
    assert.equal(look(event), WAIT_TIMEOUT)
    win32event.SetEvent(event)
    assert.deepEqual([look(event), look(event)], [WAIT_OBJECT_0, WAIT_TIMEOUT])
  })

  test('manual: stays signalled until ResetEvent', () => {
    const event = win32event.CreateEvent(null, 1, 0, null)
    win32event.SetEvent(event)
    assert.deepEqual([look(event), look(event)], [WAIT_OBJECT_0, WAIT_OBJECT_0])
    win32event.ResetEvent(event)
    assert.equal(look(event), WAIT_TIMEOUT)
  })

  test('signalled from the start', () => {
    assert.equal(look(win32event.CreateEvent(null, false, true, null)), WAIT_OBJECT_0)
  })

  test('an existing name opens the existing event', () => {
    const name = newName()
    const first = win32event.CreateEvent(null, 1, 0, name)
    // What it asks for does not count any more: the event is there.
    const second = win32event.CreateEvent(null, 0, 1, name)
    assert.notEqual(first.handle, second.handle)
    assert.equal(look(second), WAIT_TIMEOUT)
    win32event.SetEvent(second)
    assert.deepEqual([look(first), look(second)], [WAIT_OBJECT_0, WAIT_OBJECT_0])
  })

  test('OpenEvent opens what there is, and nothing else', () => {
    const name = newName()
    assert.equal(
      winerrorOf(() => win32event.OpenEvent(EVENT_ALL_ACCESS, false, name)),
      winerror.ERROR_FILE_NOT_FOUND,
    )
    const event = win32event.CreateEvent(null, 1, 0, name)
    win32event.SetEvent(win32event.OpenEvent(EVENT_ALL_ACCESS, false, name))
    assert.equal(look(event), WAIT_OBJECT_0)
  })

  test('a name that another kind of object has: 6', () => {
    const name = newName()
    const mutex = win32event.CreateMutex(null, false, name)
    assert.equal(
      winerrorOf(() => win32event.CreateEvent(null, 0, 0, name)),
      winerror.ERROR_INVALID_HANDLE,
    )
    mutex.Close()
  })

  test('PulseEvent: signalled for nobody who comes later', () => {
    const event = win32event.CreateEvent(null, 1, 1, null)
    win32event.PulseEvent(event)
    assert.equal(look(event), WAIT_TIMEOUT)
  })

  test('a closed handle: 6', () => {
    const event = win32event.CreateEvent(null, 0, 0, null)
    event.Close()
    for (const call of [win32event.SetEvent, win32event.ResetEvent, win32event.PulseEvent])
      assert.equal(
        winerrorOf(() => call(event)),
        winerror.ERROR_INVALID_HANDLE,
      )
  })
})

suite('other objects', { skip: needsWindows }, () => {
  test('a semaphore says what its count was, and has a maximum', () => {
    const name = newName()
    const semaphore = win32event.CreateSemaphore(null, 1, 3, name)
    assert.equal(win32event.ReleaseSemaphore(semaphore, 2), 1)
    assert.equal(
      winerrorOf(() => win32event.ReleaseSemaphore(semaphore, 1)),
      winerror.ERROR_TOO_MANY_POSTS,
    )
    const again = win32event.OpenSemaphore(win32event.SEMAPHORE_ALL_ACCESS, false, name)
    assert.deepEqual(
      [0, 1, 2, 3].map(() => look(again)),
      [WAIT_OBJECT_0, WAIT_OBJECT_0, WAIT_OBJECT_0, WAIT_TIMEOUT],
    )
  })

  test('a mutex that this thread does not own can not be released', () => {
    const mutex = win32event.CreateMutex(null, true, null)
    win32event.ReleaseMutex(mutex)
    assert.equal(
      winerrorOf(() => win32event.ReleaseMutex(mutex)),
      winerror.ERROR_NOT_OWNER,
    )
  })

  test('a timer can be opened by name, set and stopped', () => {
    const name = newName()
    const timer = win32event.CreateWaitableTimer(null, true, name)
    const again = win32event.OpenWaitableTimer(win32event.TIMER_ALL_ACCESS, false, name)
    win32event.SetWaitableTimer(again, -10_000_000n, 0, null, null, false)
    win32event.CancelWaitableTimer(timer)
    assert.equal(win32event.WaitForSingleObject(timer, 20), WAIT_TIMEOUT)
    win32event.SetWaitableTimer(again, -1, 0, null, null, false)
    assert.equal(win32event.WaitForSingleObject(timer, 1000), WAIT_OBJECT_0)
  })
})
