import { createRequire } from 'node:module'
import { openSync } from 'baud'
import { run } from '../harness/program.ts'

const { version } = createRequire(import.meta.url)('baud/package.json') as { version: string }

await run({
  name: `baud ${version}, blocking`,
  style: 'blocking',

  echo(path, trips) {
    using port = openSync(path)
    for (let message = trips.next(); message !== undefined; message = trips.next()) {
      port.write(message)
      trips.answered(port.readExactly(message.length))
    }
  },

  ask(path, questions) {
    using port = openSync(path)
    for (let request = questions.next(); request !== undefined; request = questions.next()) {
      port.write(`${request}\n`)
      questions.answered(port.readLine({ timeout: 500 }))
    }
  },

  start(path, laps) {
    const port = openSync(path)
    laps.opened()
    port.write(laps.byte)
    laps.exchanged(port.readExactly(1))
    port.close()
    laps.closed()
  },
})
