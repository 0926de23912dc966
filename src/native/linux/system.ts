import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import type { Counters } from '../../counters.ts'
import { SerialError } from '../../errors.ts'
import type { LineSettings, PortSettings } from '../../settings.ts'
import type { PosixSystem, Tty } from '../posix/index.ts'
import { busyHint, deniedHint } from './access.ts'
import { chipLimits } from './chip-limits.ts'
import type { ChipLimits } from './chip-limits.ts'
import { errnoNames } from './errno.ts'
import { libc } from './libc.ts'
import { majorOf, minorOf } from './places.ts'
import { requests } from './requests.ts'
import { applyLowLatency, applyRs485 } from './serial-driver.ts'
import { encodeTermios, isOff, rawTermios, refusedSetting, speedOf, termios2Size } from './termios.ts'

const flushQueues = { input: 0, output: 1, both: 2 } as const
const transmitterEmptyBit = 1
const F_SETFL = 4
const hold = 0
const release = 1

/** Linux, for the port that all POSIX systems share. */
export const linux: PosixSystem = {
  calls: libc,
  requests,
  errnoNames,
  O_APPEND: 0o2000,
  F_DUPFD_CLOEXEC: 1030,

  reopenToBlock(fd) {
    try {
      const twin = openSync(
        `/proc/self/fd/${fd}`,
        constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK,
      )
      // Only now: with O_NONBLOCK, opening did not wait for a carrier.
      if (libc.fcntl(twin, F_SETFL, 0) >= 0) return twin
      closeSync(twin)
    } catch {
      // No /proc, or the device may not be opened again: one can do without.
    }
    return undefined
  },

  attributes(tty) {
    const termios = new Uint8Array(termios2Size)
    tty.ioctl('TCGETS2', requests.TCGETS2, termios)
    return termios
  },

  restore(tty, attributes) {
    tty.ioctl('TCSETS2', requests.TCSETS2, attributes)
  },

  makeRaw(tty, found) {
    // Hung up: the lines are raised when a speed is set, and could not be set before.
    if (speedOf(found) === 0) return false
    tty.ioctl('TCSETS2', requests.TCSETS2, rawTermios(found))
    return true
  },

  apply(tty, found, settings) {
    const asked = encodeTermios(found, settings, tty.readTimer)
    tty.ioctl('TCSETS2', requests.TCSETS2, asked)
    const taken = linux.attributes(tty)
    if (!isPseudoTerminal(tty)) {
      refuse(tty, settings, asked, taken)
      refuseUnkept(tty, settings)
    }
    if (settings.lowLatency !== undefined) applyLowLatency(tty, settings.lowLatency)
    if (settings.rs485 !== undefined) applyRs485(tty, settings.rs485)
    return speedOf(taken)
  },

  hiddenOutput(tty) {
    if (isPseudoTerminal(tty)) return undefined
    const limits = limitsOf(tty)
    if (limits !== undefined) return limits.sendBuffer
    // A UART says of its transmitter; what does not is no line, or none that is known.
    return libc.ioctl(tty.fd, requests.TIOCSERGETLSR, new Uint8Array(4)) < 0 ? undefined : 0
  },

  hint(code, path) {
    if (code === 'PORT_BUSY') return busyHint(path)
    if (code === 'ACCESS_DENIED') return deniedHint(path)
    return undefined
  },

  flush(tty, queue) {
    tty.command('TCFLSH', requests.TCFLSH, flushQueues[queue])
  },

  transmitterEmpty(tty) {
    const status = new Uint8Array(4)
    // Only UART drivers have this request; for the others an empty queue is all that can be known.
    if (libc.ioctl(tty.fd, requests.TIOCSERGETLSR, status) < 0) return true
    return ((status[0] ?? 0) & transmitterEmptyBit) !== 0
  },

  holdOutput(tty, held) {
    tty.command('TCXONC', requests.TCXONC, held ? hold : release)
  },

  counters(tty) {
    const counter = new Uint32Array(20)
    if (libc.ioctl(tty.fd, requests.TIOCGICOUNT, new Uint8Array(counter.buffer)) < 0) return undefined
    return decodeCounts(counter)
  },
}

/** The members of `struct serial_icounter_struct`. Source: include/uapi/linux/serial.h. */
function decodeCounts(counter: Uint32Array): Required<Counters> {
  const [cts = 0, dsr = 0, ri = 0, dcd = 0, received = 0, sent = 0] = counter
  const [framing = 0, overrun = 0, parity = 0, breaks = 0, bufferOverrun = 0] = counter.subarray(6)
  const errors = { framing, parity, overrun: overrun + bufferOverrun, break: breaks }
  return { received, sent, cts, dsr, dcd, ri, ...errors }
}

/**
 * A pseudo-terminal has no wire: it forces 8 bits without parity, and the characters pass whole all the same.
 * Source: Linux, Documentation/admin-guide/devices.txt (majors 136 to 143 are the slaves).
 */
function isPseudoTerminal(tty: Tty): boolean {
  const major = majorOf(fstatSync(tty.fd).rdev)
  return major >= 136 && major <= 143
}

function refuse(tty: Tty, settings: PortSettings, asked: Uint8Array, taken: Uint8Array): void {
  const name = refusedSetting(asked, taken)
  if (name !== undefined) throw refusal(tty, settings, name, speedOf(taken))
}

function limitsOf(tty: Tty): ChipLimits | undefined {
  const { rdev } = fstatSync(tty.fd)
  return chipLimits(`/sys/dev/char/${majorOf(rdev)}:${minorOf(rdev)}`)
}

/** What the driver says that it took, and the chip does not do. */
function refuseUnkept(tty: Tty, settings: PortSettings): void {
  const limits = limitsOf(tty)
  if (limits === undefined) return
  const { baudRate, dataBits } = settings
  const rate = Math.round(limits.rateFor(baudRate))
  if (isOff(rate, baudRate)) throw refusal(tty, settings, 'baudRate', rate)
  if (limits.lacksFiveBits && dataBits === 5) throw refusal(tty, settings, 'dataBits', rate)
}

function refusal(tty: Tty, settings: PortSettings, name: keyof LineSettings, rate: number): SerialError {
  const instead = name === 'baudRate' ? `; it would make it ${rate} bit/s` : ''
  const message = `${tty.path}: the driver does not take ${name} ${settings[name]}${instead}`
  return new SerialError('UNSUPPORTED', message, { path: tty.path, syscall: 'ioctl(TCSETS2)' })
}
