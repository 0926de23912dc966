// Opens a connection in a network of its own, cuts that network, and prints what the port says of it, as JSON.
import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { open, SerialError } from '../../src/index.ts'
import { TcpServer } from './tcp.ts'

const network = (state: 'up' | 'down') => execFileSync('ip', ['link', 'set', 'lo', state])

async function vanish(): Promise<void> {
  network('up')
  const server = await TcpServer.listen()
  const port = await open(server.url)
  await server.accepted()
  const began = performance.now()
  network('down')
  const error = await port.read().catch((failure: unknown) => failure)
  const { code, errnoName } = error instanceof SerialError ? error : { code: String(error), errnoName: '' }
  console.log(JSON.stringify({ code, errnoName, seconds: (performance.now() - began) / 1000 }))
  process.exit()
}

if (process.argv[2] === 'inside') await vanish()
else {
  const own = [process.execPath, fileURLToPath(import.meta.url), 'inside']
  const { status } = spawnSync('unshare', ['--map-root-user', '--net', ...own], { stdio: 'inherit' })
  process.exitCode = status ?? 1
}
