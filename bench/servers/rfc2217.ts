// Shares the port at PATH by RFC 2217, and prints the number on which it listens.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { open } from 'baud'
import { serveRfc2217 } from 'baud/rfc2217'

const port = await open(process.argv[2] ?? '')
const server = createServer((socket) => serveRfc2217(port, socket)).listen(0, '127.0.0.1')
await once(server, 'listening')
console.log((server.address() as AddressInfo).port)
