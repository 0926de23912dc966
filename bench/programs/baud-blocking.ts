import { createRequire } from 'node:module'
import { openSync } from 'baud'
import { run } from '../harness/program.ts'

const { version } = createRequire(import.meta.url)('baud/package.json') as { version: string }

await run({
  name: `baud ${version}, blocking`,

  blocking(path, trips) {
    const port = openSync(path)
    for (let message = trips.next(); message !== undefined; message = trips.next()) {
      port.write(message)
      trips.answered(port.readExactly(message.length))
    }
    port.close()
  },
})
