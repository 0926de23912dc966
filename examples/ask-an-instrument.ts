// Ask an instrument for its name, and go on when it does not answer.
import { open, SerialError } from 'baud'
import { createPair } from 'baud/virtual'

// Stands in for the instrument; with a real one, open its path instead.
await using pair = await createPair()
await using instrument = await open(pair.b)
void (async () => {
  for await (const question of instrument.lines()) {
    if (question === '*IDN?') await instrument.write('ACME,DMM-1,0001,1.0\n')
  }
})()

await using port = await open(pair.a, { baudRate: 115200, readTimeout: 200 })

async function ask(question: string): Promise<string> {
  await port.write(`${question}\n`)
  try {
    return await port.readLine()
  } catch (error) {
    if (error instanceof SerialError && error.code === 'TIMEOUT') return 'no answer'
    throw error
  }
}

console.log(await ask('*IDN?')) // ACME,DMM-1,0001,1.0
console.log(await ask('FETC?')) // no answer
