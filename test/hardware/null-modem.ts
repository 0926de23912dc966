// The null-modem cables of the hardware lab; see lab/qemu/nmuart/nmuart.c.
import { closeSync, constants, existsSync, openSync as openFile, readFileSync, writeFileSync } from 'node:fs'
import { libc } from '../../src/native/linux/libc.ts'
import { requests } from '../../src/native/linux/requests.ts'
import { open, openSync } from '../../src/index.ts'
import type { SerialOptions, SerialPort, SerialPortSync } from '../../src/index.ts'
import { eventually } from '../support/wait.ts'

const hardware = (process.env['BAUD_HARDWARE'] ?? '').split(',')

/** Why a test that needs this hardware can't run here, or false. */
export function needs(kind: 'nm' | '8250' | 'usb'): string | false {
  return !hardware.includes(kind) && 'needs the hardware lab: npm run test:hardware'
}

/** Two ports with a cable between them. */
export class NullModem {
  readonly a: string
  readonly b: string
  readonly #name: string

  constructor(number: 0 | 1) {
    this.a = `/dev/ttyNM${2 * number}`
    this.b = `/dev/ttyNM${2 * number + 1}`
    this.#name = `nmuart.${number}`
  }

  /** Pulls it out, with the ports at both ends. */
  unplug(): void {
    if (existsSync(this.a)) writeFileSync('/sys/bus/platform/drivers/nmuart/unbind', this.#name)
  }

  async plug(): Promise<void> {
    if (!existsSync(this.a)) writeFileSync('/sys/bus/platform/drivers/nmuart/bind', this.#name)
    await eventually('the ports are there', () => existsSync(this.a) && existsSync(this.b))
  }
}

export const cable: NullModem = new NullModem(0)

/** Runs with both ends open, and closes them. */
export async function withEnds(
  options: SerialOptions,
  body: (a: SerialPort, b: SerialPort) => Promise<void>,
  atB: SerialOptions = options,
): Promise<void> {
  await using a = await open(cable.a, options)
  await using b = await open(cable.b, atB)
  await body(a, b)
}

/** The same with blocking ports. */
export function withEndsSync(
  options: SerialOptions,
  body: (a: SerialPortSync, b: SerialPortSync) => void,
  atB: SerialOptions = options,
): void {
  using a = openSync(cable.a, options)
  using b = openSync(cable.b, atB)
  body(a, b)
}

function sysfs(path: string, name: string): string {
  return path.replace('/dev/', '/sys/class/tty/') + `/${name}`
}

/** When the transmitter's last stop bit left, in ns of the clock that `process.hrtime` reads. */
export function idleSince(path: string): bigint {
  return BigInt(readFileSync(sysfs(path, 'idle_since'), 'utf8').trim())
}

/** So many of the characters that come next are lost, as when nobody takes them out of the UART in time. */
export function loseNext(path: string, count: number): void {
  writeFileSync(sysfs(path, 'overrun'), String(count))
}

/** The driver's flags, `ASYNC_*`. */
export function driverFlags(path: string): number {
  return Number(readFileSync(sysfs(path, 'flags'), 'utf8'))
}

/** A request of the kernel's on a terminal, past all locks, as root may. */
function request(path: string, number: number, argument: Uint8Array): void {
  const fd = openFile(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  try {
    if (libc.ioctl(fd, number, argument) < 0) throw new Error(`${path}: request ${number} failed`)
  } finally {
    closeSync(fd)
  }
}

/** How often each input line changed. Source: include/uapi/linux/serial.h, `struct serial_icounter_struct`. */
export function lineChanges(path: string): { cts: number; dsr: number; ri: number; dcd: number } {
  const counters = new Int32Array(20)
  request(path, requests.TIOCGICOUNT, new Uint8Array(counters.buffer))
  const [cts = 0, dsr = 0, ri = 0, dcd = 0] = counters
  return { cts, dsr, ri, dcd }
}

/** Rings, or stops ringing, at the other end: few UARTs have a line to do that with, and the null modem's ends have. */
export function ring(path: string, on: boolean): void {
  writeFileSync(sysfs(path, 'ring'), on ? '1' : '0')
}
