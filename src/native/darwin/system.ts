import { SerialError } from '../../errors.ts'
import type { PortSettings } from '../../settings.ts'
import type { PosixSystem, Tty } from '../posix/index.ts'
import { errnoNames } from './errno.ts'
import { libc } from './libc.ts'
import type { DarwinCalls } from './libc.ts'
import { requests } from './requests.ts'
import {
  encodeTermios,
  speedOf,
  standInSpeed,
  termiosSize,
  unsupportedSetting,
  withSpeed,
} from './termios.ts'

const TCSANOW = 0

/** Source: sys/fcntl.h, FREAD and FWRITE. */
const flushQueues = { input: 1, output: 2, both: 3 } as const

/**
 * macOS, for the port that all POSIX systems share. Experimental: it has been written from Apple's headers and sources,
 * and nobody has run it on a Mac yet. What it takes for granted:
 *
 * - Libuv treats a terminal as on Linux, and opens it a second time. It then asks kqueue whether it can watch the
 *   device, and where not, has a thread of its own wait in select. Source: libuv, src/unix/tty.c and stream.c,
 *   uv__stream_try_select. The serial family allows kqueue. Source: IOSerialBSDClient.cpp, cdevsw_setkqueueok.
 * - `poll` works on terminals, as it has not in old versions (the blocking port, the cable between pseudo-terminals).
 * - `flock` works on a device.
 * - After an unplug all calls fail with ENXIO. Source: IOSerialBSDClient.cpp, didTerminate.
 * - An open of a port that was closed less than 2 s ago, with DTR dropped, waits for that time to pass, and blocks
 *   meanwhile. Source: IOSerialBSDClient.cpp, DTR_DOWN_DELAY.
 */
export const darwin: PosixSystem = darwinSystem(libc)

/** The same on calls of the caller's. */
export function darwinSystem(calls: DarwinCalls): PosixSystem {
  const attributes = (tty: Tty) => {
    const termios = new Uint8Array(termiosSize)
    tty.check('tcgetattr', calls.tcgetattr(tty.fd, termios))
    return termios
  }
  const setTermios = (tty: Tty, termios: Uint8Array) => {
    tty.check('tcsetattr', calls.tcsetattr(tty.fd, TCSANOW, termios))
  }
  return {
    calls,
    requests,
    errnoNames,
    O_APPEND: 8,
    F_DUPFD_CLOEXEC: 67,
    attributes,

    restore(tty, found) {
      setAttributes(tty, setTermios, found, speedOf(found))
    },

    apply(tty, found, settings) {
      refuseUnsupported(tty.path, settings)
      try {
        setAttributes(tty, setTermios, encodeTermios(found, settings), settings.baudRate)
      } catch (error) {
        throw refusal(error, tty.path, settings)
      }
      if (settings.lowLatency !== undefined) applyLowLatency(tty, settings.lowLatency)
      return speedOf(attributes(tty))
    },

    hint(code, path) {
      if (code === 'PORT_BUSY') return `somebody else has it open for exclusive use; "lsof ${path}" tells who`
      return undefined
    },

    flush(tty, queue) {
      tty.ioctl('TIOCFLUSH', requests.TIOCFLUSH, integer(flushQueues[queue]))
    },

    // No request tells, and TIOCOUTQ does not count what the driver has taken over: drain() ends early by so many bytes.
    transmitterEmpty: () => true,

    holdOutput(tty, held) {
      if (held) tty.command('TIOCSTOP', requests.TIOCSTOP)
      else tty.command('TIOCSTART', requests.TIOCSTART)
    },

    // The drivers keep count for themselves.
    counters: () => undefined,
  }
}

function integer(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer)
}

function long(value: number): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)
}

/**
 * Flags first, with a speed that no driver refuses, then the speed: each `tcsetattr` would set the speed that it is
 * given. Source: IOKit/serial/ioss.h, IOSSIOSPEED; IOSerialBSDClient.cpp, iossparam.
 */
function setAttributes(
  tty: Tty,
  setTermios: (tty: Tty, termios: Uint8Array) => void,
  wanted: Uint8Array,
  speed: number,
): void {
  setTermios(tty, withSpeed(wanted, standInSpeed))
  try {
    tty.ioctl('IOSSIOSPEED', requests.IOSSIOSPEED, long(speed))
  } catch (error) {
    // Not a terminal of the serial family, but a pseudo-terminal or that of a driver of its own: there is one way left.
    if (!(error instanceof SerialError) || error.errnoName !== 'ENOTTY') throw error
    setTermios(tty, withSpeed(wanted, speed))
  }
}

/** How drivers refuse a setting. Source: IOSerialBSDClient.cpp, iossparam and iossioctl. */
const refusals: readonly (string | undefined)[] = ['EINVAL', 'EDEVERR', 'ENOTSUP', 'EOPNOTSUPP']

/** The error to throw: a refusal names the setting, others stay as they are. */
function refusal(error: unknown, path: string, settings: PortSettings): unknown {
  if (!(error instanceof SerialError) || !refusals.includes(error.errnoName)) return error
  const { errno, errnoName, syscall } = error
  const { baudRate, dataBits, flowControl, parity, stopBits } = settings
  const setting =
    syscall === 'tcsetattr'
      ? `these settings together: dataBits ${dataBits}, parity ${parity}, stopBits ${stopBits}, flowControl ${flowControl}`
      : `baudRate ${baudRate}`
  const message = `${path}: the driver does not take ${setting} (${syscall}: ${errnoName})`
  return new SerialError('UNSUPPORTED', message, { path, syscall, errno, errnoName })
}

/** Throws for what is refused before anything is touched. */
export function refuseUnsupported(path: string, settings: PortSettings): void {
  const setting = unsupportedSetting(settings)
  if (setting === undefined) return
  throw new SerialError('UNSUPPORTED', `${path}: macOS has no ${setting}`, { path })
}

/**
 * How many µs received bytes may be kept back; 0 stands for the driver's own choice, a third of 256 characters.
 * Source: IOKit/serial/ioss.h, IOSSDATALAT.
 */
function applyLowLatency(tty: Tty, on: boolean): void {
  try {
    tty.ioctl('IOSSDATALAT', requests.IOSSDATALAT, long(on ? 1 : 0))
  } catch (error) {
    if (!(error instanceof SerialError) || ![...refusals, 'ENOTTY'].includes(error.errnoName)) throw error
    const { errno, errnoName, path, syscall } = error
    const message = `${path}: the driver of this port has no lowLatency (${syscall}: ${errnoName})`
    throw new SerialError('UNSUPPORTED', message, { path, syscall, errno, errnoName })
  }
}
