import { isMainThread } from 'node:worker_threads'
import { nativeCallback } from '../ffi.ts'
import { fixedMemory } from './memory.ts'
import { kernel32, ntdll } from './kernel32.ts'
import { lookUntilSignalled } from './looking.ts'

/** Source: Microsoft Learn, "RegisterWaitForSingleObject function (winbase.h)". */
const WT_EXECUTEONLYONCE = 0x8

/** A wait that the system's thread pool holds for us. */
interface Wait {
  /** What the system calls it; 0 once it was told to forget it. */
  readonly handle: number
  readonly done: (timedOut: boolean) => void
  /** Keeps the object open and in place while it is waited for. */
  readonly held: unknown
  /** Whether the process lives on for it. */
  referenced: boolean
}

/**
 * The waits of this thread by number. The number is what the system hands back; it is never used twice, so a callback
 * that comes late finds nothing.
 */
const waits: Map<number, Wait> = new Map()
let lastNumber = 0

/** One C function for all waits of this thread; made when first needed, and never taken away. */
let callback: bigint | undefined

/** Called on this thread by way of koffi; a thread of the system's pool stands still meanwhile. */
function onSignal(number: number, timedOut: number): void {
  const wait = waits.get(number)
  if (wait === undefined) return
  waits.delete(number)
  // Always says 997, since this very callback is under way: the system lets go of the wait when we return. To wait for
  // that (INVALID_HANDLE_VALUE) would be a deadlock.
  if (wait.handle !== 0) kernel32.UnregisterWaitEx(wait.handle, 0)
  updateKeepAlive()
  wait.done(timedOut !== 0)
}

/** koffi's way into the event loop does not keep the process alive; while something is waited for, this timer does. */
let keepAlive: NodeJS.Timeout | undefined

function updateKeepAlive(): void {
  keepAlive ??= setInterval(() => {}, 0x7fffffff)
  for (const { referenced } of waits.values()) if (referenced) return void keepAlive.ref()
  keepAlive.unref()
}

/**
 * A wait that was asked for. `cancel` returns false when it is too late, and the call comes all the same. When it returns
 * true the call does not come, and yet the pool's thread may just have taken the event: a signal that comes at that very
 * moment is lost (seen in Wine, and nothing that Windows says rules it out). So a wait that may be cancelled is for
 * objects that no wait changes, or whose state can be had elsewhere.
 */
export interface PendingWait {
  cancel(): boolean
  /** Whether the process lives on for it, as it does at first. */
  ref(on: boolean): void
}

/**
 * Calls `done` once, from the event loop, when the object is signalled or the time is up. No thread of ours waits: the
 * system's pool does, up to 63 objects in one thread. As any wait does, this one takes an auto-reset event or a count of a
 * semaphore; not for mutexes, whose owner would be a thread of the pool.
 *
 * @param timeout - ms, 0xFFFFFFFF for ever
 * @param held - what must not be collected meanwhile
 * @returns the wait, or the error number
 */
export function whenSignalled(
  object: number,
  timeout: number,
  held: unknown,
  done: (timedOut: boolean) => void,
): PendingWait | number {
  if (!isMainThread) return lookUntilSignalled(object, timeout, held, done)
  callback ??= nativeCallback(['ULONG_PTR', 'uchar'], onSignal)
  const number = ++lastNumber
  const out = fixedMemory(8)
  const ok = kernel32.RegisterWaitForSingleObject(out, object, callback, number, timeout, WT_EXECUTEONLYONCE)
  if (ok === 0) return kernel32.GetLastError()
  const handle = Number(new DataView(out.buffer).getBigInt64(0, true))
  waits.set(number, { handle, done, held, referenced: true })
  updateKeepAlive()
  return { cancel: () => cancel(number), ref: (on) => reference(number, on) }
}

const DUPLICATE_SAME_ACCESS = 2

/**
 * The same as {@link whenSignalled} on a handle of our own, for objects whose handle others may close meanwhile: what a
 * wait does then Microsoft leaves undefined, and in Wine it never ends. Source: "DuplicateHandle function (handleapi.h)".
 */
export function whenSignalledWhoeverCloses(
  object: number,
  timeout: number,
  held: unknown,
  done: (timedOut: boolean) => void,
): PendingWait | number {
  const process = kernel32.GetCurrentProcess()
  const out = fixedMemory(8)
  if (kernel32.DuplicateHandle(process, object, process, out, 0, 0, DUPLICATE_SAME_ACCESS) === 0)
    return kernel32.GetLastError()
  const own = Number(new DataView(out.buffer).getBigInt64(0, true))
  // Not from within the call that says it is over: the pool has not let go of it then, and Wine crashes when it does.
  const closeLater = () => void setImmediate(() => kernel32.CloseHandle(own))
  const wait = whenSignalled(own, timeout, held, (timedOut) => {
    closeLater()
    done(timedOut)
  })
  if (typeof wait === 'number') {
    kernel32.CloseHandle(own)
    return wait
  }
  const giveUp = (): boolean => {
    const cancelled = wait.cancel()
    if (cancelled) closeLater()
    return cancelled
  }
  return { cancel: giveUp, ref: (on) => wait.ref(on) }
}

function reference(number: number, on: boolean): void {
  const wait = waits.get(number)
  if (wait === undefined) return
  wait.referenced = on
  updateKeepAlive()
}

function cancel(number: number): boolean {
  const wait = waits.get(number)
  if (wait === undefined) return false
  // False, with error 997: the callback is on its way to us, and the object may have been changed by the wait.
  if (kernel32.UnregisterWaitEx(wait.handle, 0) === 0) {
    waits.set(number, { ...wait, handle: 0 })
    return false
  }
  waits.delete(number)
  updateKeepAlive()
  return true
}

const ObjectTypeInformation = 2

/** The kinds of objects that a wait may change; their names are the system's own. */
export type ChangedByWaiting = 'Event' | 'Mutant' | 'Semaphore' | 'Timer'

const changedByWaiting: readonly ChangedByWaiting[] = ['Event', 'Mutant', 'Semaphore', 'Timer']

/** Which of these a handle is, or undefined for a process, a thread, a file and the like. A mutant is a mutex. */
export function changedKind(handle: number): ChangedByWaiting | undefined {
  const information = Buffer.from(fixedMemory(1024).buffer)
  const status = ntdll.NtQueryObject(handle, ObjectTypeInformation, information, information.byteLength, null)
  if (status !== 0) return undefined
  // First the length of the name in bytes; the name itself follows in the same memory.
  const length = information.readUInt16LE(0)
  return changedByWaiting.find(
    (name) => name.length * 2 === length && information.includes(name, 0, 'utf16le'),
  )
}
