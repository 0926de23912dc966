import type { DataBits, LineSettings, PortSettings } from '../../settings.ts'

/**
 * `struct termios2` as bytes: the kernel's own terminal attributes, with the speeds as plain numbers. The C library's
 * `cfsetspeed` and its relatives are left alone, since what a `speed_t` means depends on the library's version.
 * Source: include/uapi/asm-generic/termbits.h.
 */
export const termios2Size = 44

const offsets = { iflag: 0, oflag: 4, cflag: 8, lflag: 12, cc: 17, ispeed: 36, ospeed: 40 } as const

export const inputFlags = { PARMRK: 0o10, INPCK: 0o20, IXON: 0o2000, IXOFF: 0o10000 } as const

export const controlFlags = {
  CSIZE: 0o60,
  CSTOPB: 0o100,
  CREAD: 0o200,
  PARENB: 0o400,
  PARODD: 0o1000,
  HUPCL: 0o2000,
  CLOCAL: 0o4000,
  BOTHER: 0o10000,
  CBAUD: 0o10017,
  CIBAUD: 0o2003600000,
  CMSPAR: 0o10000000000,
  CRTSCTS: 0o20000000000,
} as const

const controlCharacters = { VTIME: 5, VMIN: 6, VSTART: 8, VSTOP: 9 } as const

const sizes: Readonly<Record<DataBits, number>> = { 5: 0, 6: 0o20, 7: 0o40, 8: 0o60 }

const parities: Readonly<Record<LineSettings['parity'], number>> = {
  none: 0,
  even: controlFlags.PARENB,
  odd: controlFlags.PARENB | controlFlags.PARODD,
  mark: controlFlags.PARENB | controlFlags.PARODD | controlFlags.CMSPAR,
  space: controlFlags.PARENB | controlFlags.CMSPAR,
}

function view(termios: Uint8Array): (offset: number, value?: number) => number {
  const words = new Uint32Array(termios.buffer, termios.byteOffset, termios2Size / 4)
  return (offset, value) => {
    if (value !== undefined) words[offset / 4] = value
    return words[offset / 4] ?? 0
  }
}

/** Attributes for a raw 8-bit channel with these settings, on the ground of those found. */
export function encodeTermios(found: Uint8Array, settings: PortSettings, readTimer = 0): Uint8Array {
  const termios = Uint8Array.from(found)
  const word = view(termios)
  word(offsets.iflag, inputBits(settings))
  word(offsets.oflag, 0)
  word(offsets.lflag, 0)
  word(offsets.cflag, controlBits(settings))
  word(offsets.ispeed, settings.baudRate)
  word(offsets.ospeed, settings.baudRate)
  // On a non-blocking descriptor a read then gives EAGAIN when there is nothing, and 0 only after a hang-up. On one that
  // blocks it gives 0 also when the timer, in tenths of a second, has run out. Source: termios(3).
  termios[offsets.cc + controlCharacters.VMIN] = readTimer === 0 ? 1 : 0
  termios[offsets.cc + controlCharacters.VTIME] = readTimer
  termios[offsets.cc + controlCharacters.VSTART] = 0x11
  termios[offsets.cc + controlCharacters.VSTOP] = 0x13
  return termios
}

/** The attributes found, without what a terminal makes of its characters, and without waiting for a carrier. */
export function rawTermios(found: Uint8Array): Uint8Array {
  const termios = Uint8Array.from(found)
  const word = view(termios)
  const { IXOFF, IXON } = inputFlags
  word(offsets.iflag, word(offsets.iflag) & (IXON | IXOFF))
  word(offsets.oflag, 0)
  word(offsets.lflag, 0)
  word(offsets.cflag, (word(offsets.cflag) | controlFlags.CLOCAL) >>> 0)
  return termios
}

function inputBits({ flowControl, lineErrors }: PortSettings): number {
  const flow = flowControl === 'software' ? inputFlags.IXON | inputFlags.IXOFF : 0
  const marks = lineErrors === 'report' ? inputFlags.PARMRK | inputFlags.INPCK : 0
  return flow | marks
}

function controlBits(settings: PortSettings): number {
  const { BOTHER, CLOCAL, CREAD, CRTSCTS, CSTOPB, HUPCL } = controlFlags
  // With the CIBAUD bits 0 the input speed follows the output speed. CLOCAL: without it an open waits for a carrier.
  let bits = BOTHER | CLOCAL | CREAD | sizes[settings.dataBits] | parities[settings.parity]
  if (settings.stopBits !== 1) bits |= CSTOPB
  if (settings.flowControl === 'hardware') bits |= CRTSCTS
  if (settings.hangupOnClose) bits |= HUPCL
  return bits >>> 0
}

/** The output speed in bit/s that these attributes hold. */
export function speedOf(termios: Uint8Array): number {
  return view(termios)(offsets.ospeed)
}

/** Which line setting the driver did not take, by comparing what was set with what it then says. */
export function refusedSetting(asked: Uint8Array, taken: Uint8Array): keyof LineSettings | undefined {
  const { CMSPAR, CRTSCTS, CSIZE, CSTOPB, PARENB, PARODD } = controlFlags
  const different = view(asked)(offsets.cflag) ^ view(taken)(offsets.cflag)
  if ((different & CSIZE) !== 0) return 'dataBits'
  if ((different & (PARENB | PARODD | CMSPAR)) !== 0) return 'parity'
  if ((different & CSTOPB) !== 0) return 'stopBits'
  if ((different & CRTSCTS) !== 0) return 'flowControl'
  return isOff(speedOf(taken), speedOf(asked)) ? 'baudRate' : undefined
}

/** Receivers get by with a speed that is off by so much, or less. */
export function isOff(speed: number, asked: number): boolean {
  return Math.abs(speed - asked) > asked * 0.025
}
