// A thread that opens a port, waits on it, and ends in the way it is told; with 'opening' it waits for a word first, and
// tells while the port is being opened.
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { open } from '../../src/index.ts'

const { name, ending } = workerData as {
  name: string
  ending: 'terminate' | 'exit' | 'throw' | 'unref' | 'opening'
}

if (ending === 'opening' && parentPort !== null) {
  parentPort.postMessage('ready')
  await once(parentPort, 'message')
}
const opening = open(name)
if (ending === 'opening') {
  await setImmediate()
  parentPort?.postMessage('opening')
}
const port = await opening
port.read().catch(() => {})
parentPort?.postMessage('open')
if (ending === 'exit') setTimeout(() => process.exit(0), 20)
if (ending === 'throw')
  setTimeout(() => {
    throw new Error('on purpose')
  }, 20)
if (ending === 'unref') port.unref()
