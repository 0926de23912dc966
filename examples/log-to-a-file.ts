// Everything that a device says, into a file, until it is unplugged.
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { open, SerialError } from 'baud'
import { createPair } from 'baud/virtual'

const folder = await mkdtemp(path.join(tmpdir(), 'baud-'))
const file = path.join(folder, 'device.log')

const pair = await createPair()
const port = await open(pair.a)
await using device = await open(pair.b)
await device.write('temperature 21.5\n')
setTimeout(() => void pair.close(), 200) // the cable is pulled

try {
  await pipeline(port.toDuplex(), createWriteStream(file))
} catch (error) {
  console.log(error instanceof SerialError && error.code) // DISCONNECTED
}
console.log((await readFile(file, 'utf8')).trim()) // temperature 21.5
await rm(folder, { recursive: true })
