// Opens a port as a user who is not root, and prints how that ends, as JSON. With `excl` as the second argument it
// takes the terminal for itself first, the way programs do that know TIOCEXCL only.
import { constants, openSync as openFile } from 'node:fs'
import { open, openSync, SerialError } from '../../src/index.ts'
import { libc } from '../../src/native/linux/libc.ts'
import { requests } from '../../src/native/linux/requests.ts'

const [path = '', hold] = process.argv.slice(2)
const nobody = 65534

function told(error: unknown): object {
  if (!(error instanceof SerialError)) return { message: String(error) }
  const { code, errno, errnoName, message, syscall } = error
  return { code, errno, errnoName, message, path: error.path, syscall }
}

// After loading: the files of this package need not be readable for everybody.
process.setegid?.(nobody)
process.setgroups?.([])
process.seteuid?.(nobody)
if (hold === 'excl') {
  const fd = openFile(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  libc.ioctlValue(fd, requests.TIOCEXCL, 0)
}
const results: object[] = []
try {
  openSync(path).close()
  results.push({ opened: true })
} catch (error) {
  results.push(told(error))
}
try {
  await (await open(path)).close()
  results.push({ opened: true })
} catch (error) {
  results.push(told(error))
}
console.log(JSON.stringify({ pid: process.pid, results }))
