// Opens a port with baud and holds it until it is killed.
import { open } from '../../src/index.ts'

await open(process.argv[2] ?? '')
console.log('open')
