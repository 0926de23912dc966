import { parentPort, workerData } from 'node:worker_threads'
import { relay } from '../posix/index.ts'
import type { RelayData } from '../posix/index.ts'
import { libc } from './libc.ts'

// The first call binds the library. A thread that is ended in the midst of that takes the process with it (koffi throws
// where nothing can be thrown any more), so nobody is told of this one before it is done.
libc.poll(new Uint8Array(8), 0, 0)
parentPort?.postMessage('ready')
relay(libc, workerData as RelayData)
