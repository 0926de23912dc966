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

await run({
  name: `baud ${version}`,

  async echo(path, trips) {
    const port = await open(path)
    for (let message = trips.next(); message !== undefined; message = trips.next()) {
      await port.write(message)
      trips.answered(await port.readExactly(message.length))
    }
    await port.close()
  },

  async stream(path, transfers) {
    const port = await open(path)
    for (const transfer of transfers) await Promise.all([send(port, transfer), receive(port, transfer)])
    await port.close()
  },
})
