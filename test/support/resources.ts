import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { pinned, whenSignalled } from '../../src/native/win32/index.ts'
import { win32event } from '../../src/win32/index.ts'
import type { pywintypes } from '../../src/win32/index.ts'
import { portHandles } from './handles.ts'
import { onWindows } from './platform.ts'

/** What a process holds that a port could forget to give back. */
interface Held {
  /** What each descriptor stands for: the kernel's names, sorted. On Windows, the handles and the memory of its calls. */
  readonly open: unknown
  /** What keeps the event loop alive. */
  readonly resources: readonly string[]
  /** Listeners on the process, such as those for its exit. */
  readonly listeners: number
}

/** What goes away by itself in the next turns of the event loop. */
const passing = ['CloseReq', 'Immediate', 'TickObject']

function descriptors(): string[] {
  const names = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`)
      // Libuv opens one of its own, for bad times, when a loop has its first stream.
      return target === '/dev/null' ? [] : [target]
    } catch {
      // The one with which this folder was read.
      return []
    }
  })
  return names.toSorted()
}

/** The system's threads that wait have handles too, and go when there was nothing to wait for; so there always is. */
let lasting: pywintypes.PyHANDLE | undefined

function keepWaiting(): void {
  if (lasting !== undefined) return
  lasting = win32event.CreateEvent(null, true, false, null)
  const wait = whenSignalled(lasting.handle, win32event.INFINITE, lasting, () => {})
  assert.ok(typeof wait === 'object')
  wait.ref(false)
}

function openOnWindows(): unknown {
  keepWaiting()
  return { ...portHandles(), ...pinned() }
}

function held(): Held {
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  const resources = process.getActiveResourcesInfo().filter((name) => !passing.includes(name))
  const open = onWindows ? openOnWindows() : descriptors()
  return { open, resources: resources.toSorted(), listeners }
}

/** Runs this, and asserts that afterwards the process holds what it held before. */
export async function givesAllBack(body: () => Promise<void> | void): Promise<void> {
  // What was used before this is still being cleared away.
  await sleep(20)
  const before = held()
  await body()
  let after = held()
  // What closes does so within some turns of the event loop.
  for (let turn = 0; turn < 50 && JSON.stringify(after) !== JSON.stringify(before); turn++) {
    await sleep(10)
    after = held()
  }
  assert.deepEqual(after, before)
}
