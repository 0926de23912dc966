/**
 * The floor of Node: its TTY handle and a `write` of `fs`, with nothing around them. No time-outs, no promises, no errors,
 * a line that `stty` has set: what a library for Node adds is what it takes more than this.
 */
import { execFileSync } from 'node:child_process'
import { constants, openSync, writeSync } from 'node:fs'
import type { SocketConstructorOpts } from 'node:net'
import { ReadStream } from 'node:tty'
import { run } from '../harness/program.ts'
import type { Transfer } from '../harness/transfer.ts'

interface Port {
  readonly fd: number
  readonly stream: ReadStream
}

const chunk = Buffer.alloc(65_536)

/** Calls back with the bytes that have arrived; they are valid until it returns. */
function openPort(path: string, arrived: (bytes: Buffer) => void): Port {
  execFileSync('stty', ['-F', path, 'raw', '-echo'])
  const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  const callback = (length: number): boolean => {
    arrived(chunk.subarray(0, length))
    return true
  }
  // tty.ReadStream passes its options on to net.Socket, of which its types name only some.
  const stream = new ReadStream(fd, { onread: { buffer: chunk, callback } } as SocketConstructorOpts)
  stream.resume()
  return { fd, stream }
}

function send(port: Port, transfer: Transfer): void {
  const piece = transfer.next()
  if (piece !== undefined) port.stream.write(piece, () => send(port, transfer))
}

await run({
  name: 'Node’s TTY handle alone',
  style: 'async',

  async echo(path, trips) {
    await new Promise<void>((resolve) => {
      const port = openPort(path, (bytes) => {
        if (trips.answered(bytes)) next()
      })
      const next = (): void => {
        const message = trips.next()
        if (message !== undefined) writeSync(port.fd, message)
        else port.stream.destroy().once('close', resolve)
      }
      next()
    })
  },

  async stream(path, transfers) {
    let transfer: Transfer | undefined
    let done = (): void => {}
    const port = openPort(path, (bytes) => {
      if (transfer?.arrived(bytes) === true) done()
    })
    for (transfer of transfers) {
      const finished = new Promise<void>((resolve) => {
        done = resolve
      })
      send(port, transfer)
      await finished
    }
    port.stream.destroy()
  },
})
