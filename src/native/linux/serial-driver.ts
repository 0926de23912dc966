import { SerialError } from '../../errors.ts'
import type { Rs485Options } from '../../settings.ts'
import type { Tty } from '../posix/index.ts'
import { requests } from './requests.ts'

/** Room for `struct serial_struct` on 32 and 64 bits; its flags stand in the fifth word on both. */
const serialStructWords = 32
const flagsWord = 4
const ASYNC_LOW_LATENCY = 0x2000

/** Asks the driver to hand over each byte as it comes. Source: setserial(8), include/uapi/linux/tty_flags.h. */
export function applyLowLatency(tty: Tty, on: boolean): void {
  const info = new Uint32Array(serialStructWords)
  const bytes = new Uint8Array(info.buffer)
  supported(tty, 'lowLatency', () => tty.ioctl('TIOCGSERIAL', requests.TIOCGSERIAL, bytes))
  const before = info[flagsWord] ?? 0
  const after = on ? before | ASYNC_LOW_LATENCY : before & ~ASYNC_LOW_LATENCY
  if (after === before) return
  info[flagsWord] = after
  supported(tty, 'lowLatency', () => tty.ioctl('TIOCSSERIAL', requests.TIOCSSERIAL, bytes))
}

/** The flags of `struct serial_rs485`. Source: include/uapi/linux/serial.h. */
const rs485Flags = [
  ['enabled', 1 << 0],
  ['rtsOnSend', 1 << 1],
  ['rtsAfterSend', 1 << 2],
  ['receiveDuringSend', 1 << 4],
  ['terminate', 1 << 5],
] as const

export function encodeRs485(options: Required<Rs485Options>): Uint32Array {
  let flags = 0
  for (const [name, bit] of rs485Flags) if (options[name] === true) flags |= bit
  const words = new Uint32Array(8)
  words.set([flags, options.delayBeforeSend ?? 0, options.delayAfterSend ?? 0])
  return words
}

export function applyRs485(tty: Tty, options: Required<Rs485Options>): void {
  const asked = encodeRs485(options)
  const taken = Uint32Array.from(asked)
  supported(tty, 'rs485', () => tty.ioctl('TIOCSRS485', requests.TIOCSRS485, new Uint8Array(taken.buffer)))
  // The kernel writes back what the driver made of it; of a mode that is off, nothing but that it is.
  for (const [name, bit] of rs485Flags) {
    if (!options.enabled && name !== 'enabled') continue
    if ((((asked[0] ?? 0) ^ (taken[0] ?? 0)) & bit) !== 0) {
      throw new SerialError(
        'UNSUPPORTED',
        `${tty.path}: the driver does not take rs485.${name} ${options[name]}`,
        {
          path: tty.path,
          syscall: 'ioctl(TIOCSRS485)',
        },
      )
    }
  }
}

/** While opening, ENOTTY would mean "not a serial port"; here it means that this port lacks the feature. */
function supported(tty: Tty, option: string, request: () => void): void {
  const { opening } = tty
  tty.opening = false
  try {
    request()
  } catch (cause) {
    if (!(cause instanceof SerialError) || cause.code !== 'UNSUPPORTED') throw cause
    const { path, syscall, errno, errnoName } = cause
    const message = `${path}: the driver of this port has no ${option} (${syscall}: ${errnoName})`
    throw new SerialError('UNSUPPORTED', message, { path, syscall, errno, errnoName })
  } finally {
    tty.opening = opening
  }
}
