import { SerialError } from '../../errors.ts'
import type { FlowControl, LineSettings, Parity, SerialPort } from '../../index.ts'
import { count } from '../style.ts'
import type { Session } from './session.ts'

const parities: Readonly<Record<Parity, string>> = { none: 'N', even: 'E', odd: 'O', mark: 'M', space: 'S' }

export const flows: Readonly<Record<FlowControl, string>> = {
  none: 'no flow control',
  hardware: 'RTS/CTS flow control',
  software: 'XON/XOFF flow control',
  'dsr-dtr': 'DTR/DSR flow control',
}

/** `115200 8N1`. */
export function lineSummary({ baudRate, dataBits, parity, stopBits }: LineSettings): string {
  return `${baudRate} ${dataBits}${parities[parity]}${stopBits}`
}

/** All there is to know about the session, a line each. */
export async function status(session: Session): Promise<string[]> {
  const { echo, eol, log, port, received, sent, show } = session
  const view = [
    show.hex ? 'hex' : `text in ${show.encoding}`,
    ...(show.raw ? ['control characters as they are'] : []),
  ]
  return [
    `${port.path} at ${lineSummary(port.settings)}, ${flows[port.settings.flowControl]}`,
    await signalLine(port, session),
    `${count(received)} received, ${count(sent)} sent, ${count(port.bytesToWrite)} waiting to be sent`,
    `Enter sends ${eol.toUpperCase()}, local echo ${onOff(echo)}, timestamps ${onOff(show.timestamps)}, ${view.join(', ')}`,
    log === undefined ? 'no log' : `log: ${log.path}`,
  ]
}

async function signalLine(port: SerialPort, { lines }: Session): Promise<string> {
  const outputs = [['DTR', lines.dtr] as const, ['RTS', lines.rts] as const, ['break', lines.break] as const]
  try {
    const { cts, dcd, dsr, ri } = await port.getSignals()
    const inputs = [['CTS', cts] as const, ['DSR', dsr] as const, ['DCD', dcd] as const, ['RI', ri] as const]
    return [...outputs, ...inputs].map(([name, level]) => `${name} ${onOff(level)}`).join(', ')
  } catch (error) {
    if (error instanceof SerialError && error.code === 'UNSUPPORTED') return 'no control lines'
    throw error
  }
}

export function onOff(value: boolean): string {
  return value ? 'on' : 'off'
}
