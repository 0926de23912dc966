import { closeSync, constants, openSync } from 'node:fs'
import { resolveOptions } from '../../settings.ts'
import type { Cable } from '../contract.ts'
import { joinPtys, Tty } from '../posix/index.ts'
import type { Pty } from '../posix/index.ts'
import { ptyNameSize, requests } from './requests.ts'
import { darwin } from './system.ts'
import { encodeTermios } from './termios.ts'

/**
 * A new pseudo-terminal, raw from the start: a fresh one would echo what is sent to it. The requests are what grantpt,
 * unlockpt and ptsname do. Source: xnu, bsd/sys/ttycom.h; Libc, stdlib/grantpt.c.
 */
function createPty(): Pty {
  const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK
  const master = openSync('/dev/ptmx', flags)
  let slave: number | undefined
  try {
    const tty = new Tty(darwin, '/dev/ptmx', master)
    tty.command('TIOCPTYGRANT', requests.TIOCPTYGRANT)
    tty.command('TIOCPTYUNLK', requests.TIOCPTYUNLK)
    const name = new Uint8Array(ptyNameSize)
    tty.ioctl('TIOCPTYGNAME', requests.TIOCPTYGNAME, name)
    const path = Buffer.from(name).toString('utf8', 0, name.indexOf(0))
    slave = openSync(path, flags)
    const end = new Tty(darwin, path, slave)
    darwin.restore(end, encodeTermios(darwin.attributes(end), resolveOptions(undefined)))
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
