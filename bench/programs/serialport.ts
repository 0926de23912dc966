import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { Duplex } from 'node:stream'
import { run } from '../harness/program.ts'
import { Stalled } from '../harness/stalled.ts'
import type { Transfer } from '../harness/transfer.ts'

/** The part of npm serialport that is used here. It is installed apart, and its types with it. */
interface Library {
  readonly SerialPort: new (options: { path: string; baudRate: number; autoOpen: false }) => Port
  readonly ReadlineParser: new () => Duplex
}

interface Port extends Duplex {
  open(done: (error: Error | null) => void): void
  close(done: (error: Error | null) => void): void
}

// From build/bench/programs to the folder it is installed in.
const load = createRequire(new URL('../../../bench/peers/package.json', import.meta.url))
const { ReadlineParser, SerialPort } = load('serialport') as Library
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

/** Bytes from a port, text from its parser of lines. */
type Chunk = Uint8Array | string

/** By the 'data' event, which is the way its documentation shows and the fastest it has, until `take` says so. */
function receive(from: Duplex, take: (chunk: Chunk) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const listen = (chunk: Chunk) => {
      if (!take(chunk)) return
      from.off('data', listen)
      resolve()
    }
    from.on('data', listen)
  })
}

/** The next line, within half a second. */
function answer(lines: Duplex): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Stalled('no answer')), 500)
    lines.once('data', (line: string) => {
      clearTimeout(timer)
      resolve(line)
    })
  })
}

await run({
  name: `npm serialport ${version}`,
  style: 'async',

  async echo(path, trips) {
    const port = await open(path)
    const first = trips.next()
    const done = receive(port, (chunk) => {
      if (!trips.answered(chunk as Uint8Array)) return false
      const message = trips.next()
      if (message !== undefined) port.write(message)
      return message === undefined
    })
    port.write(first)
    await done
    await close(port)
  },

  async ask(path, questions) {
    const port = await open(path)
    const lines = port.pipe(new ReadlineParser())
    for (let request = questions.next(); request !== undefined; request = questions.next()) {
      port.write(`${request}\n`)
      questions.answered(await answer(lines))
    }
    await close(port)
  },

  async start(path, laps) {
    const port = await open(path)
    laps.opened()
    port.write(laps.byte)
    const [bytes] = (await once(port, 'data')) as [Uint8Array]
    laps.exchanged(bytes)
    await close(port)
    laps.closed()
  },

  async stream(path, transfers) {
    const port = await open(path)
    for (const transfer of transfers) {
      await Promise.all([
        send(port, transfer),
        receive(port, (chunk) => transfer.arrived(chunk as Uint8Array)),
      ])
    }
    await close(port)
  },

  async writes(path, transfers, rush) {
    const port = await open(path)
    for (const transfer of transfers) {
      const done = receive(port, (chunk) => transfer.arrived(chunk as Uint8Array))
      for (let piece = transfer.next(); piece !== undefined; piece = transfer.next()) {
        if (rush) port.write(piece)
        else await new Promise((resolve) => port.write(piece, resolve))
      }
      await done
    }
    await close(port)
  },

  async slow(path, transfer, pace) {
    const port = await open(path)
    await send(port, transfer)
    for await (const chunk of port.iterator({ destroyOnReturn: false })) {
      await pace.after((chunk as Buffer).length)
      if (transfer.arrived(chunk as Buffer)) break
    }
    await close(port)
  },

  async lines(path, batches) {
    const port = await open(path)
    const lines = port.pipe(new ReadlineParser())
    for (const batch of batches) {
      const done = receive(lines, (line) => batch.arrived(line as string))
      port.write(batch.header)
      await done
    }
    await close(port)
  },

  async ports(controlPath, paths, span) {
    const ports = await Promise.all(paths.map(open))
    const control = await open(controlPath)
    span.opened()
    for (const port of ports) port.pipe(port)
    const done = receive(control, (marks) => [...Buffer.from(marks)].some((byte) => span.mark(byte)))
    control.write('g')
    await done
    await Promise.all([control, ...ports].map(close))
  },
})
