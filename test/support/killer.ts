// Kills a process after a while, or pulls out the cable that begins at a COM port: `killer <pid or port> <ms>`. For a test
// whose own thread is blocked meanwhile.
import { removeCable } from './lab.ts'

const [what = '', ms] = process.argv.slice(2)
const end = () => (what.startsWith('COM') ? removeCable({ a: what }) : process.kill(Number(what), 'SIGKILL'))
setTimeout(end, Number(ms))
console.log('ready')
