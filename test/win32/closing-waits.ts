// Handles that are closed while their objects are awaited: what becomes of the waits. Run as a worker thread it posts it.
import { isMainThread, parentPort } from 'node:worker_threads'
import { pywintypes, win32event, win32file } from '../../src/win32/index.ts'

const { CreateEvent, INFINITE, OpenEvent, SetEvent } = win32event
const { WaitForMultipleObjectsAsync, WaitForSingleObjectAsync } = win32event

/** How long what should end may take, in ms, before it counts as hanging. */
const patience = 10_000

async function outcome(wait: Promise<number>): Promise<number | string> {
  let timer: NodeJS.Timeout | undefined
  const hanging = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('it hangs'), patience)
  })
  const ended = wait.catch((error: unknown) =>
    error instanceof pywintypes.error ? `error ${error.winerror}` : String(error),
  )
  const first = await Promise.race([ended, hanging])
  clearTimeout(timer)
  return first
}

const event = (manual: boolean) => CreateEvent(null, manual, false, null)

/** Begins a wait for the object, and closes it a moment later. */
function closing(
  object: pywintypes.PyHANDLE,
  begin: (object: pywintypes.PyHANDLE) => Promise<number>,
): Promise<number | string> {
  const wait = begin(object)
  setTimeout(() => win32file.CloseHandle(object), 5)
  return outcome(wait)
}

/** By a bare number: nobody notices the closing, and the object lives on as long as somebody else has it. */
async function closedByNumber(last: (name: string) => void): Promise<number | string> {
  const name = `baud-${process.pid}-${isMainThread}-${last.name}`
  const number = CreateEvent(null, true, false, name).Detach()
  const wait = WaitForSingleObjectAsync(number, 300)
  last(name)
  win32file.CloseHandle(number)
  return outcome(wait)
}

function signals(name: string): void {
  const other = OpenEvent(win32event.EVENT_ALL_ACCESS, false, name)
  setTimeout(() => {
    SetEvent(other)
    other.Close()
  }, 5)
}

export async function closedWhileAwaited(): Promise<Record<string, number | string>> {
  const { signal } = new AbortController()
  return {
    auto: await closing(event(false), (object) => WaitForSingleObjectAsync(object, INFINITE)),
    manual: await closing(event(true), (object) => WaitForSingleObjectAsync(object, INFINITE)),
    polled: await closing(event(false), (object) => WaitForSingleObjectAsync(object, INFINITE, { signal })),
    one: await closing(event(true), (one) =>
      WaitForMultipleObjectsAsync([event(true), one], false, INFINITE),
    ),
    signalled: await closedByNumber(signals),
    silent: await closedByNumber(() => {}),
  }
}

if (!isMainThread) parentPort?.postMessage(await closedWhileAwaited())
