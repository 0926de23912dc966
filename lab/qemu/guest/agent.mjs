// In the guest: runs compiled test files in one of the places of `npm test`, as it is asked to. Each line that comes in is
// a Node line and a file, and is answered by a line with the result; a first one says that the place is ready.
import { createInterface } from 'node:readline'
import { places } from '../../../scripts/lib/places.mjs'

const place = places[process.argv[2]]
const answer = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)

await place.open()
answer({ ready: true })
for await (const request of createInterface(process.stdin)) {
  const { line, file } = JSON.parse(request)
  answer({ result: await place.run(line, file) })
}
await place.close()
