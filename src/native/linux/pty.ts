import { closeSync, constants, openSync } from 'node:fs'
import { resolveOptions } from '../../settings.ts'
import type { Cable } from '../contract.ts'
import { joinPtys, Tty } from '../posix/index.ts'
import type { Pty } from '../posix/index.ts'
import { requests } from './requests.ts'
import { linux } from './system.ts'
import { encodeTermios } from './termios.ts'

/** A new pseudo-terminal, raw from the start: a fresh one would echo what is sent to it. Source: pts(4). */
export function createPty(): Pty {
  const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK
  const master = openSync('/dev/ptmx', flags)
  let slave: number | undefined
  try {
    const tty = new Tty(linux, '/dev/ptmx', master)
    const word = new Int32Array(1)
    const bytes = new Uint8Array(word.buffer)
    tty.ioctl('TIOCSPTLCK', requests.TIOCSPTLCK, bytes)
    tty.ioctl('TIOCGPTN', requests.TIOCGPTN, bytes)
    const path = `/dev/pts/${word[0]}`
    slave = openSync(path, flags)
    const end = new Tty(linux, path, slave)
    linux.restore(end, encodeTermios(linux.attributes(end), resolveOptions(undefined)))
    return { path, master, slave }
  } catch (error) {
    if (slave !== undefined) closeSync(slave)
    closeSync(master)
    throw error
  }
}

/** Two pseudo-terminals, joined. */
export function createCable(): Promise<Cable> {
  return joinPtys(createPty, new URL('./relay-worker.js', import.meta.url))
}
