import type { DataBits, PortSettings } from '../../settings.ts'

/**
 * `struct termios` of 64-bit macOS as bytes: flags and speeds are `unsigned long`, and all its processors are
 * little-endian. Source: sys/termios.h of macOS.
 */
export const termiosSize = 72

export const offsets = { iflag: 0, oflag: 8, cflag: 16, lflag: 24, cc: 32, ispeed: 56, ospeed: 64 } as const

export const inputFlags = { PARMRK: 0x8, INPCK: 0x10, IXON: 0x200, IXOFF: 0x400 } as const

export const controlFlags = {
  CSIZE: 0x300,
  CSTOPB: 0x400,
  CREAD: 0x800,
  PARENB: 0x1000,
  PARODD: 0x2000,
  HUPCL: 0x4000,
  CLOCAL: 0x8000,
  CCTS_OFLOW: 0x10000,
  CRTS_IFLOW: 0x20000,
} as const

export const controlCharacters = { VSTART: 12, VSTOP: 13, VMIN: 16, VTIME: 17 } as const

const sizes: Readonly<Record<DataBits, number>> = { 5: 0, 6: 0x100, 7: 0x200, 8: 0x300 }

/**
 * The speed to set with the flags, before IOSSIOSPEED sets the one that is wanted. The serial family takes only the usual
 * speeds here, refuses others, and takes some odd ones for an external clock.
 * Source: IOSerialFamily, IOSerialBSDClient.cpp, iossparam.
 */
export const standInSpeed = 9600

function view(termios: Uint8Array): DataView {
  return new DataView(termios.buffer, termios.byteOffset, termiosSize)
}

function setLong(termios: Uint8Array, offset: number, value: number): void {
  view(termios).setBigUint64(offset, BigInt(value), true)
}

/** Attributes for a raw 8-bit channel with these settings, on the ground of those found; at the stand-in speed. */
export function encodeTermios(found: Uint8Array, settings: PortSettings): Uint8Array {
  const termios = withSpeed(found, standInSpeed)
  setLong(termios, offsets.iflag, inputBits(settings))
  setLong(termios, offsets.oflag, 0)
  setLong(termios, offsets.lflag, 0)
  setLong(termios, offsets.cflag, controlBits(settings))
  // A read on this non-blocking descriptor then gives EAGAIN when there is nothing, and 0 only after a hang-up.
  termios[offsets.cc + controlCharacters.VMIN] = 1
  termios[offsets.cc + controlCharacters.VTIME] = 0
  termios[offsets.cc + controlCharacters.VSTART] = 0x11
  termios[offsets.cc + controlCharacters.VSTOP] = 0x13
  return termios
}

function inputBits({ flowControl, lineErrors }: PortSettings): number {
  const flow = flowControl === 'software' ? inputFlags.IXON | inputFlags.IXOFF : 0
  const marks = lineErrors === 'report' ? inputFlags.PARMRK | inputFlags.INPCK : 0
  return flow | marks
}

function controlBits({ dataBits, flowControl, hangupOnClose, parity, stopBits }: PortSettings): number {
  const { CCTS_OFLOW, CLOCAL, CREAD, CRTS_IFLOW, CSTOPB, HUPCL, PARENB, PARODD } = controlFlags
  // CLOCAL: without it an open waits for a carrier.
  let bits = CLOCAL | CREAD | sizes[dataBits]
  if (parity !== 'none') bits |= PARENB
  if (parity === 'odd') bits |= PARODD
  // The one bit for a longer stop bit: the driver is asked for two, and a UART makes one and a half of it with 5 data bits.
  if (stopBits !== 1) bits |= CSTOPB
  if (flowControl === 'hardware') bits |= CCTS_OFLOW | CRTS_IFLOW
  if (hangupOnClose) bits |= HUPCL
  return bits
}

/** A copy with this speed in both directions, in bit/s. */
export function withSpeed(termios: Uint8Array, speed: number): Uint8Array {
  const copy = Uint8Array.from(termios)
  setLong(copy, offsets.ispeed, speed)
  setLong(copy, offsets.ospeed, speed)
  return copy
}

/** The output speed in bit/s that these attributes hold. */
export function speedOf(termios: Uint8Array): number {
  return Number(view(termios).getBigUint64(offsets.ospeed, true))
}

/** What of these settings macOS has no way to say, in words. */
export function unsupportedSetting({ parity, rs485 }: PortSettings): string | undefined {
  if (parity === 'mark' || parity === 'space') return `parity ${parity}`
  return rs485 === undefined ? undefined : 'rs485'
}
