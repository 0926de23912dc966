import { createRequire } from 'node:module'
import { open } from 'baud'
import type { SerialPort } from 'baud'
import { run } from '../harness/program.ts'
import type { Transfer } from '../harness/transfer.ts'

const { version } = createRequire(import.meta.url)('baud/package.json') as { version: string }

async function send(port: SerialPort, transfer: Transfer): Promise<void> {
  for (let piece = transfer.next(); piece !== undefined; piece = transfer.next()) await port.write(piece)
}

async function receive(port: SerialPort, transfer: Transfer): Promise<void> {
  for await (const chunk of port) if (transfer.arrived(chunk)) return
}

async function sendBack(port: SerialPort): Promise<void> {
  for await (const chunk of port) await port.write(chunk)
}

await run({
  name: `baud ${version}`,
  style: 'async',

  async echo(path, trips) {
    await using port = await open(path)
    for (let message = trips.next(); message !== undefined; message = trips.next()) {
      await port.write(message)
      trips.answered(await port.readExactly(message.length))
    }
  },

  async ask(path, questions) {
    await using port = await open(path)
    for (let request = questions.next(); request !== undefined; request = questions.next()) {
      await port.write(`${request}\n`)
      questions.answered(await port.readLine({ timeout: 500 }))
    }
  },

  async start(path, laps) {
    const port = await open(path)
    laps.opened()
    await port.write(laps.byte)
    laps.exchanged(await port.readExactly(1))
    await port.close()
    laps.closed()
  },

  async stream(path, transfers) {
    await using port = await open(path)
    for (const transfer of transfers) await Promise.all([send(port, transfer), receive(port, transfer)])
  },

  async writes(path, transfers, rush) {
    await using port = await open(path)
    for (const transfer of transfers) {
      for (let piece = transfer.next(); piece !== undefined; piece = transfer.next()) {
        const taken = port.write(piece)
        if (!rush) await taken
      }
      await receive(port, transfer)
    }
  },

  async slow(path, transfer, pace) {
    await using port = await open(path)
    await send(port, transfer)
    for await (const chunk of port) {
      await pace.after(chunk.length)
      if (transfer.arrived(chunk)) return
    }
  },

  async lines(path, batches) {
    await using port = await open(path)
    for (const batch of batches) {
      await port.write(batch.header)
      for await (const line of port.lines()) if (batch.arrived(line)) break
    }
  },

  async remote(url, steps) {
    for (let count = 0; count < steps.count; count++) {
      await using port = await steps.time('open', () => open(url, { dtr: true, rts: true }))
      await steps.time('rts', () => port.setSignals({ rts: false }))
      await steps.time('baud', () => port.reconfigure({ baudRate: 19_200 }))
    }
  },

  async ports(controlPath, paths, span) {
    const ports = await Promise.all(paths.map((path) => open(path)))
    await using control = await open(controlPath)
    span.opened()
    const done = Promise.all(ports.map(sendBack))
    await control.write('g')
    for (;;) if (span.mark((await control.readExactly(1))[0] ?? 0)) break
    await Promise.all(ports.map((port) => port.close()))
    await done
  },
})
