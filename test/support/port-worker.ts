// A worker thread that opens a port and does what it is told: see workerData.
import { setImmediate as immediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { open, openSync } from '../../src/index.ts'
import { createPair } from './pair.ts'

const { path, task } = workerData as {
  path: string | undefined
  task: 'echo' | 'hold' | 'block' | 'pair' | 'hold pair'
}

const warnings: string[] = []
process.on('warning', ({ message }) => warnings.push(message))

if (task === 'pair') {
  let got = 0
  {
    await using pair = await createPair()
    await using a = await open(pair.a)
    await using b = await open(pair.b)
    for (let round = 0; round < 200; round++) {
      await a.write('0123456789')
      got += (await b.readExactly(10, { timeout: 5000 })).byteLength
    }
  }
  // Warnings come a turn later.
  await immediate()
  parentPort?.postMessage({ got, warnings })
} else if (task === 'hold pair') {
  const pair = await createPair()
  await open(pair.a)
  parentPort?.postMessage('open')
} else if (task === 'block') {
  const port = openSync(path ?? '')
  parentPort?.postMessage('open')
  port.read()
} else {
  const port = await open(path ?? '')
  parentPort?.postMessage('open')
  if (task === 'echo') {
    for (let left = 1000; left > 0;) {
      const chunk = await port.read()
      left -= chunk.byteLength
      await port.write(chunk)
    }
    await port.close()
  }
}
