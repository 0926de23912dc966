// A thread that opens a port, waits on it, and ends in the way it is told.
import { parentPort, workerData } from 'node:worker_threads'
import { open } from '../../src/index.ts'

const { name, ending } = workerData as { name: string; ending: 'terminate' | 'exit' | 'throw' | 'unref' }

const port = await open(name)
port.read().catch(() => {})
parentPort?.postMessage('open')
if (ending === 'exit') setTimeout(() => process.exit(0), 20)
if (ending === 'throw')
  setTimeout(() => {
    throw new Error('on purpose')
  }, 20)
if (ending === 'unref') port.unref()
