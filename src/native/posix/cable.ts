import { closeSync, writeSync } from 'node:fs'
import { once } from 'node:events'
import { SerialError } from '../../errors.ts'
import type { Cable } from '../contract.ts'

/** A pseudo-terminal: whoever opens `path` talks to whoever holds `master`. */
export interface Pty {
  /** The slave's path, for `open()`. */
  readonly path: string
  /** The master's descriptor, non-blocking; closing it unplugs the slave. */
  readonly master: number
  /** A descriptor of the slave, which keeps the pair alive while nobody else has it open. */
  readonly slave: number
}

/** What the relay's thread is given. */
export interface RelayData {
  readonly a: number
  readonly b: number
  /** Becomes readable when the relay is to stop. */
  readonly stop: number
}

/**
 * Joins two pseudo-terminals. Bytes are carried by a thread of its own, so that the ends also work for blocking ports
 * of this thread; it waits in `poll`, in no thread of the pool.
 */
export async function joinPtys(createPty: () => Pty, worker: URL): Promise<Cable> {
  const open: number[] = []
  const closeAll = () => open.splice(0).forEach((fd) => closeSync(fd))
  try {
    const a = createPty()
    open.push(a.master, a.slave)
    const b = createPty()
    open.push(b.master, b.slave)
    // Not a pipe: what node:fs opened, a worker thread closes however it ends, and does not warn of when it is closed.
    const stop = createPty()
    open.push(stop.master, stop.slave)
    const { Worker } = await import('node:worker_threads')
    const workerData: RelayData = { a: a.master, b: b.master, stop: stop.master }
    // None of the program's own: of those of `node --input-type=module -e` a thread that runs a file wants nothing to know.
    const thread = new Worker(worker, { workerData, trackUnmanagedFds: false, execArgv: [] })
    const started = once(thread, 'message')
    // Whatever it ends of, 'exit' follows.
    thread.on('error', () => {})
    const ended = new Promise<void>((resolve) => {
      thread.once('exit', () => {
        closeAll()
        resolve()
      })
    })
    await started
    thread.unref()
    let closing: Promise<void> | undefined
    const close = async () => {
      thread.ref()
      if (open.length > 0) writeSync(stop.slave, 'x')
      await ended
    }
    return { a: a.path, b: b.path, close: () => (closing ??= close()) }
  } catch (error) {
    closeAll()
    throw error instanceof SerialError ? error : notJoined(error)
  }
}

function notJoined(cause: unknown): SerialError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new SerialError('IO', `two pseudo-terminals could not be joined: ${why}`, { cause })
}
