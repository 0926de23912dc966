import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { Duplex } from 'node:stream'
import { run } from '../harness/program.ts'
import type { Transfer } from '../harness/transfer.ts'

/** The part of npm serialport that is used here. It is installed apart, and its types with it. */
interface Library {
  readonly SerialPort: new (options: { path: string; baudRate: number; autoOpen: false }) => Port
}

interface Port extends Duplex {
  open(done: (error: Error | null) => void): void
  close(done: (error: Error | null) => void): void
}

// From build/bench/programs to the folder it is installed in.
const load = createRequire(new URL('../../../bench/peers/package.json', import.meta.url))
const { SerialPort } = load('serialport') as Library
const { version } = load('serialport/package.json') as { version: string }

function open(path: string): Promise<Port> {
  const port = new SerialPort({ path, baudRate: 9600, autoOpen: false })
  return new Promise((resolve, reject) =>
    port.open((error) => (error === null ? resolve(port) : reject(error))),
  )
}

function close(port: Port): Promise<void> {
  return new Promise((resolve, reject) => port.close((error) => (error === null ? resolve() : reject(error))))
}

async function send(port: Port, transfer: Transfer): Promise<void> {
  for (let piece = transfer.next(); piece !== undefined; piece = transfer.next()) {
    if (!port.write(piece)) await once(port, 'drain')
  }
}

/** By the 'data' event, which is the way its documentation shows and the fastest it has. */
function receive(port: Port, transfer: Transfer): Promise<void> {
  return new Promise((resolve) => {
    const take = (chunk: Buffer) => {
      if (!transfer.arrived(chunk)) return
      port.off('data', take)
      resolve()
    }
    port.on('data', take)
  })
}

await run({
  name: `npm serialport ${version}`,

  async echo(path, trips) {
    const port = await open(path)
    await new Promise<void>((resolve) => {
      const sendNext = () => {
        const message = trips.next()
        if (message === undefined) resolve()
        else port.write(message)
      }
      port.on('data', (chunk: Buffer) => {
        if (trips.answered(chunk)) sendNext()
      })
      sendNext()
    })
    await close(port)
  },

  async stream(path, transfers) {
    const port = await open(path)
    for (const transfer of transfers) await Promise.all([send(port, transfer), receive(port, transfer)])
    await close(port)
  },
})
