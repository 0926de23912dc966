import { isMainThread } from 'node:worker_threads'
import { kernel32 } from './kernel32.ts'

/** The ports that this thread has open. */
const open: Set<number> = new Set()

/**
 * Notes a port that a worker thread has opened: it is closed when the thread ends by itself, by `process.exit()` or by an
 * error. (`worker.terminate()` asks nobody: such a port stays open until the process ends.)
 */
export function closeWhenLeaving(handle: number): void {
  if (isMainThread) return
  if (open.size === 0) process.once('exit', closeAll)
  open.add(handle)
}

/** The port is closed, or somebody else's. */
export function leftAlone(handle: number): void {
  open.delete(handle)
  if (open.size === 0) process.off('exit', closeAll)
}

function closeAll(): void {
  for (const handle of open) {
    kernel32.CancelIoEx(handle, null)
    kernel32.CloseHandle(handle)
  }
  open.clear()
}
