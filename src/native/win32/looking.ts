import { Deadline } from '../../deadline.ts'
import { kernel32 } from './kernel32.ts'
import type { PendingWait } from './waits.ts'

const WAIT_OBJECT_0 = 0

interface Looked {
  readonly object: number
  readonly deadline: Deadline
  readonly done: (timedOut: boolean) => void
  readonly held: unknown
  referenced: boolean
}

/** What this thread waits for. */
const all: Set<Looked> = new Set()
let timer: NodeJS.Timeout | undefined

/**
 * The same as `whenSignalled`, by looking every millisecond: for worker threads. One of these may be ended at any moment,
 * and a callback that the system's pool then still made would run into code that is gone.
 */
export function lookUntilSignalled(
  object: number,
  timeout: number,
  held: unknown,
  done: (timedOut: boolean) => void,
): PendingWait {
  const deadline = new Deadline(timeout === 0xffffffff ? Infinity : timeout)
  const looked: Looked = { object, deadline, done, held, referenced: true }
  all.add(looked)
  schedule()
  return {
    cancel() {
      const waiting = all.delete(looked)
      schedule()
      return waiting
    },
    ref(on) {
      looked.referenced = on
      schedule()
    },
  }
}

function schedule(): void {
  if (all.size === 0) {
    clearInterval(timer)
    timer = undefined
    return
  }
  timer ??= setInterval(look, 1)
  if ([...all].some(({ referenced }) => referenced)) timer.ref()
  else timer.unref()
}

function look(): void {
  for (const looked of all) {
    const signalled = kernel32.WaitForSingleObject(looked.object, 0) === WAIT_OBJECT_0
    if (!signalled && !looked.deadline.passed) continue
    all.delete(looked)
    schedule()
    looked.done(!signalled)
  }
}
