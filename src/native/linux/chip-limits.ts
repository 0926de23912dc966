import { targetOf, textOf } from './places.ts'
import { linkedName, nearestWith } from './sysfs.ts'

/** What a chip makes of settings that its driver reports as taken. */
export interface ChipLimits {
  /** The rate that it runs at when it is set to this one (bit/s). */
  rateFor(rate: number): number
  readonly lacksFiveBits: boolean
}

/**
 * The limits that the driver of this terminal keeps to itself; undefined where what it reports is true, or nothing is
 * known. Only these two are known to report settings that they have not made. Source: Linux 6.1, drivers/usb/serial.
 *
 * @param terminal - its folder in sysfs
 */
export function chipLimits(terminal: string): ChipLimits | undefined {
  const device = targetOf(`${terminal}/device`)
  if (device === undefined) return undefined
  const driver = linkedName(device, 'driver')
  if (driver === 'ch341-uart') return ch341
  return driver === 'ftdi_sio' ? ftdi(device) : undefined
}

/** Rates are cut off at both ends. Source: ch341.c, ch341_get_divisor. */
const ch341: ChipLimits = {
  rateFor: (rate) => Math.min(Math.max(rate, 46), 3_000_000),
  lacksFiveBits: false,
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
  return { rateFor: known ?? ((rate) => rate), lacksFiveBits: true }
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
