// Makes a pseudo-terminal, prints its path, sends what the command line says, and holds it until it is killed.
import { Pseudo } from './pseudo.ts'

const far = new Pseudo()
for (const text of process.argv.slice(2)) far.send(text)
console.log(far.path)
process.stdin.resume()
