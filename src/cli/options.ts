import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import type { DataBits, FlowControl, Parity, SerialOptions, StopBits } from '../index.ts'

/** The options by which a port is opened, as the command line has them. */
export interface LineFlags {
  readonly baud: number
  readonly dataBits: DataBits
  readonly parity: Parity
  readonly stopBits: StopBits
  readonly flow: FlowControl
  readonly dtr?: boolean
  readonly rts?: boolean
  readonly exclusive: boolean
}

export function serialOptions(flags: LineFlags): SerialOptions {
  const { baud, dataBits, dtr, exclusive, flow, parity, rts, stopBits } = flags
  return { baudRate: baud, dataBits, parity, stopBits, flowControl: flow, dtr, rts, exclusive }
}

/** An option's value that must be a number; its range is checked by whoever uses it. */
export function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

/** A whole number from `least`. */
export function whole(least: number): (text: string) => number {
  return (text) => {
    const value = number(text)
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number from ${least}.`)
    }
    return value
  }
}

/** Milliseconds; the upper limit is what a timer can keep. */
export function milliseconds(text: string): number {
  const value = whole(0)(text)
  if (value > 0x7fffffff) throw new InvalidArgumentError('It must be at most 2147483647 ms.')
  return value
}

export function addLineOptions(command: Command): Command {
  const flow = ['none', 'hardware', 'software', 'dsr-dtr']
  return command
    .option('-b, --baud <rate>', 'speed in bit/s', number, 9600)
    .option('--data-bits <n>', 'bits in a character: 5, 6, 7 or 8', number, 8)
    .addOption(
      new Option('--parity <kind>', 'parity bit')
        .choices(['none', 'even', 'odd', 'mark', 'space'])
        .default('none'),
    )
    .option('--stop-bits <n>', 'stop bits: 1, 1.5 or 2', number, 1)
    .addOption(new Option('--flow <kind>', 'flow control').choices(flow).default('none'))
    .option('--dtr', 'switch DTR on when opening')
    .option('--no-dtr', 'switch DTR off when opening')
    .option('--rts', 'switch RTS on when opening')
    .option('--no-rts', 'switch RTS off when opening')
    .option('--no-exclusive', 'share the port with other programs')
}
