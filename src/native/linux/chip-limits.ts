import { targetOf, textOf } from './places.ts'
import { linkedName, nearestWith } from './sysfs.ts'

/** What is so of a chip between USB and a line, and its driver does not tell. */
export interface ChipLimits {
  /** The rate that it runs at when it is set to this one, and the driver reports that it took it (bit/s). */
  rateFor(rate: number): number
  readonly lacksFiveBits: boolean
  /** How many characters it holds that it has taken and not sent. */
  readonly sendBuffer: number
}

/**
 * What the driver of this terminal keeps to itself; undefined for drivers of which nothing is known, such as those of
 * boards that have no line behind them. Source: Linux 6.1, drivers/usb/serial.
 *
 * @param terminal - its folder in sysfs
 */
export function chipLimits(terminal: string): ChipLimits | undefined {
  const device = targetOf(`${terminal}/device`)
  if (device === undefined) return undefined
  const driver = linkedName(device, 'driver')
  if (driver === 'ftdi_sio') return ftdi(device)
  return truthful[driver ?? ''] ?? (driver === 'ch341-uart' ? ch341 : undefined)
}

const honest = { rateFor: (rate: number) => rate, lacksFiveBits: false }

/** Drivers that report what they set. Source of the sizes: CP2102 and PL2303HX data sheets. */
const truthful: Readonly<Record<string, ChipLimits>> = {
  cp210x: { ...honest, sendBuffer: 640 },
  pl2303: { ...honest, sendBuffer: 256 },
}

/** Rates are cut off at both ends. Source: ch341.c, ch341_get_divisor. */
const ch341: ChipLimits = {
  rateFor: (rate) => Math.min(Math.max(rate, 46), 3_000_000),
  lacksFiveBits: false,
  // The maker does not say; it is two transfers at least.
  sendBuffer: 64,
}

/** Releases of chips with a clock of 3 MHz, and of those with 12 MHz. Source: ftdi_sio.c, ftdi_determine_type. */
const slowReleases: readonly string[] = ['0400', '0500', '0600', '1000']
const fastReleases: readonly string[] = ['0700', '0800', '0900']

/** Of five data bits the driver says that the chips take them for eight. Source: ftdi_sio.c, ftdi_set_termios. */
function ftdi(device: string): ChipLimits {
  const usb = nearestWith('bcdDevice', device)
  const release = usb === undefined ? '' : (textOf(`${usb}/bcdDevice`) ?? '')
  const slow = (rate: number) => ftdiRate(rate, 3_000_000)
  const fast = (rate: number) => (rate < 1200 ? slow(rate) : ftdiRate(rate, 12_000_000))
  const known = slowReleases.includes(release) ? slow : fastReleases.includes(release) ? fast : undefined
  // The most that those of a kind have. Source: FT-X and FT2232H data sheets.
  return { rateFor: known ?? honest.rateFor, lacksFiveBits: true, sendBuffer: known === fast ? 4096 : 512 }
}

/** The code of each number of eighths, and back. Source: FTDI AN232B-05. */
const codes = [0, 3, 2, 4, 1, 5, 6, 7] as const

/**
 * The clock is divided by a number of 14 bits and some eighths. What is too large for them the driver lets run into the
 * bits of the eighths. Below 2 there are 1 and 1.5 alone.
 */
function ftdiRate(rate: number, clock: number): number {
  const eighths = Math.round((clock * 8) / rate)
  if (eighths < 16) return clock / ([1, 1.5, 2].find((divisor) => eighths <= divisor * 8 + 2) ?? 2)
  const coded = (eighths >> 3) | ((codes[eighths & 7] ?? 0) << 14)
  const fraction = codes.findIndex((code) => code === ((coded >> 14) & 7))
  return (clock * 8) / ((coded & 0x3fff) * 8 + fraction)
}
