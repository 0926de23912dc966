// Passes the bytes of the port at PATH, and nothing else, over TCP; prints the number on which it listens.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { open } from 'baud'

const port = await open(process.argv[2] ?? '')

async function toPort(socket: Socket): Promise<void> {
  for await (const chunk of socket) await port.write(chunk as Buffer)
}

async function fromPort(socket: Socket): Promise<void> {
  for await (const chunk of port) if (!socket.write(chunk)) await once(socket, 'drain')
}

const server = createServer({ noDelay: true }, (socket) => {
  void toPort(socket)
  void fromPort(socket)
}).listen(0, '127.0.0.1')
await once(server, 'listening')
console.log((server.address() as AddressInfo).port)
