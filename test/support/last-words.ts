// Writes to a port of its own making, which prints, and ends in the same breath.
import { writeSync } from 'node:fs'
import { SerialPort } from '../../src/index.ts'
import { FakeTransport } from '../unit/fake-transport.ts'

class Printing extends FakeTransport {
  override write(data: Uint8Array): number {
    writeSync(1, data)
    return data.byteLength
  }
}

const [before = '0', how] = process.argv.slice(2)
const lastWords = (): void => {
  for (const word of ['one ', 'two ', 'three']) void port.write(word)
}
if (how === 'in a listener before') process.once('exit', lastWords)
const port = new SerialPort(new Printing())
for (let count = 0; count < Number(before); count++) await port.write('.')
if (how === 'in a listener after') process.once('exit', lastWords)
if (how === 'at once') lastWords()
process.exit()
