// One process that does something with a port and then nothing more: `scenario <name> <path>`. Whether and how it ends
// is for the test to say.
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { open, openSync } from '../../src/index.ts'
import { createPair } from './pair.ts'

const tooMuch = Buffer.alloc(1_000_000, 'x')

/** Makes promises that are expected to stay pending, or to fail when the process or the port ends. */
function leave(...pending: Promise<unknown>[]): void {
  for (const promise of pending) promise.catch(() => {})
}

const scenarios: Readonly<Record<string, (path: string) => Promise<void>>> = {
  async open(path) {
    await open(path)
  },
  async 'open, paused by its full buffer'(path) {
    const port = await open(path, { receiveBufferSize: 64 })
    while (port.bytesToRead < 200) await sleep(1)
  },
  async 'open, paused by as much as it holds'(path) {
    const port = await open(path, { receiveBufferSize: 64 })
    while (port.bytesToRead < 64) await sleep(1)
  },
  async 'open, unreferenced and referenced again'(path) {
    const port = await open(path)
    port.unref().ref()
  },
  async 'open on a virtual pair'() {
    const pair = await createPair()
    const port = await open(pair.a)
    setTimeout(() => void port.close(), 600).unref()
  },
  async 'open in a worker'(path) {
    const workerData = { path, task: 'hold' }
    await new Promise((resolve) => {
      new Worker(new URL('./port-worker.js', import.meta.url), { workerData }).on('message', resolve)
    })
  },
  async unreferenced(path) {
    const port = await open(path)
    port.unref()
  },
  async 'unreferenced, with reads pending'(path) {
    const port = await open(path)
    leave(port.read(), port.readLine({ timeout: 60_000 }), port.closed)
    port.unref()
  },
  async 'unreferenced, paused by its full buffer'(path) {
    const port = await open(path, { receiveBufferSize: 64 })
    while (port.bytesToRead < 200) await sleep(1)
    port.unref()
  },
  async 'unreferenced before it is paused by its full buffer'(path) {
    const port = await open(path, { receiveBufferSize: 64 })
    port.unref()
    while (port.bytesToRead < 200) await sleep(1)
  },
  async 'unreferenced, then a write gets stuck'(path) {
    const port = await open(path)
    port.unref()
    leave(port.write(tooMuch), port.drain())
  },
  async 'unreferenced while a write is stuck'(path) {
    const port = await open(path)
    leave(port.write(tooMuch), port.drain())
    await sleep(10)
    port.unref()
  },
  async 'unreferenced while a break is held'(path) {
    const port = await open(path)
    leave(port.sendBreak(60_000))
    await sleep(10)
    port.unref()
  },
  async closed(path) {
    const port = await open(path)
    leave(port.read(), port.write('x', { timeout: 60_000 }))
    await port.close()
  },
  async 'sent and received'(path) {
    await using port = await open(path)
    await port.write('hi')
    await port.readExactly(2)
  },
  async 'open, but blocking'(path) {
    openSync(path)
  },
  async 'a virtual pair'() {
    await createPair()
  },
  async 'exit with calls pending'(path) {
    const port = await open(path)
    leave(port.read(), port.write(tooMuch), port.drain(), port.sendBreak(10_000))
    await sleep(10)
    process.exit(7)
  },
  async 'exit from a listener'(path) {
    const port = await open(path)
    port.on('close', () => process.exit(8))
    await port.close()
  },
  async 'an uncaught exception'(path) {
    const port = await open(path)
    leave(port.read(), port.write(tooMuch))
    setTimeout(() => {
      throw new Error('boom')
    }, 10)
  },
  async 'an uncaught exception in a worker'(path) {
    const worker = new Worker(
      `import('${new URL('../../src/index.js', import.meta.url).href}').then(async ({ open }) => {
        const port = await open(${JSON.stringify(path)})
        port.write(Buffer.alloc(1e6)).catch(() => {})
        setTimeout(() => { throw new Error('boom') }, 10)
      })`,
      { eval: true },
    )
    worker.on('error', ({ message }) => console.log(message))
  },
  async 'a worker that is terminated'(path) {
    const workerData = { path, task: 'hold' }
    const worker = new Worker(new URL('./port-worker.js', import.meta.url), { workerData })
    worker.on('message', () => void worker.terminate())
  },
}

const [name = '', path = ''] = process.argv.slice(2)
await scenarios[name]?.(path)
console.log('ready')
