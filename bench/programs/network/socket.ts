import { once } from 'node:events'
import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { run } from '../../harness/program.ts'
import type { Transfer } from '../../harness/transfer.ts'

/** A connection to `socket://<host>:<port>`. */
async function connected(path: string): Promise<Socket> {
  const { hostname, port } = new URL(path)
  const socket = createConnection({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  return socket
}

async function send(socket: Socket, transfer: Transfer): Promise<void> {
  for (let piece = transfer.next(); piece !== undefined; piece = transfer.next()) {
    if (!socket.write(piece)) await once(socket, 'drain')
  }
}

await run({
  name: `node:net ${process.versions.node}`,
  style: 'async',

  async echo(path, trips) {
    const socket = await connected(path)
    await new Promise<void>((resolve) => {
      const next = () => {
        const message = trips.next()
        if (message === undefined) resolve()
        else socket.write(message)
      }
      socket.on('data', (chunk) => {
        if (trips.answered(chunk)) next()
      })
      next()
    })
    socket.destroy()
  },

  async stream(path, transfers) {
    const socket = await connected(path)
    for (const transfer of transfers) {
      const received = new Promise<void>((resolve) => {
        const take = (chunk: Buffer) => {
          if (!transfer.arrived(chunk)) return
          socket.off('data', take)
          resolve()
        }
        socket.on('data', take)
      })
      await Promise.all([send(socket, transfer), received])
    }
    socket.destroy()
  },
})
