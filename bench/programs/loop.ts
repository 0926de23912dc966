/**
 * The floor of JavaScript: the loop of floor.c, with the same calls of the system, made from JavaScript. Where this takes longer
 * than C, it is for what it runs in, and no library in JavaScript can help it.
 */
import { execFileSync } from 'node:child_process'
import { constants, openSync } from 'node:fs'
import koffi from 'koffi'
import { run } from '../harness/program.ts'
import type { Transfer } from '../harness/transfer.ts'

const libc = koffi.load(null)
const poll = libc.func('poll', 'int', ['void *', 'ulong', 'int']) as (...args: unknown[]) => number
const read = libc.func('read', 'intptr_t', ['int', 'uintptr_t', 'size_t']) as (...args: unknown[]) => number
const write = libc.func('write', 'intptr_t', ['int', 'void *', 'size_t']) as (...args: unknown[]) => number

const [POLLIN, POLLOUT] = [1, 4]

const chunk = Buffer.allocUnsafeSlow(65_536)
const address = Number(koffi.address(chunk))

class Port {
  readonly #fd: number
  /** `struct pollfd`. */
  readonly #poll = Buffer.alloc(8)

  constructor(path: string) {
    execFileSync('stty', ['-F', path, 'raw', '-echo'])
    this.#fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
    this.#poll.writeInt32LE(this.#fd)
  }

  /** Waits for one of these events, and says which there are. */
  wait(events: number): number {
    this.#poll.writeInt16LE(events, 4)
    poll(this.#poll, 1, -1)
    return this.#poll.readInt16LE(6)
  }

  /** How many bytes there were; none now is none. */
  read(): number {
    return Math.max(0, read(this.#fd, address, chunk.byteLength))
  }

  /** How many bytes were taken at once. */
  write(bytes: Uint8Array): number {
    return Math.max(0, write(this.#fd, bytes, bytes.byteLength))
  }
}

function carry(port: Port, transfer: Transfer): void {
  let offered = transfer.next()
  for (let ready = POLLOUT; ; ready = port.wait(offered === undefined ? POLLIN : POLLIN | POLLOUT)) {
    if (offered !== undefined && (ready & POLLOUT) !== 0) {
      const taken = port.write(offered)
      offered = taken === offered.byteLength ? transfer.next() : offered.subarray(taken)
    }
    const count = (ready & POLLIN) !== 0 ? port.read() : 0
    if (count > 0 && transfer.arrived(chunk.subarray(0, count))) return
  }
}

await run({
  name: 'The same loop in JavaScript',
  style: 'blocking',

  echo(path, trips) {
    const port = new Port(path)
    for (let message = trips.next(); message !== undefined; message = trips.next()) {
      port.write(message)
      for (let isDone = false; !isDone;) {
        port.wait(POLLIN)
        isDone = trips.answered(chunk.subarray(0, port.read()))
      }
    }
  },

  stream(path, transfers) {
    const port = new Port(path)
    for (const transfer of transfers) carry(port, transfer)
  },
})
