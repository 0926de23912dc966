/** What a port does, as it is written down. */
export interface Format {
  received(bytes: Uint8Array): string | Uint8Array
  sent(bytes: Uint8Array): string | Uint8Array
  /** Anything but bytes: a line that was set, a queue that was purged. */
  control(label: string, what: string): string
}

/** Source: ECMA-48, SGR: green, red and white; pySerial's colours. */
const colours = { received: '\x1b[32m', sent: '\x1b[31m', control: '\x1b[37m', none: '\x1b[0m' } as const

const width = 16
/** Columns that half a row takes: two digits and a blank for each byte. */
const half = (width / 2) * 3

/** Bytes as rows of hex and text: `0000  48 45 4C 4C 4F                                    HELLO`. */
function hexRows(bytes: Uint8Array): string[] {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const rows: string[] = []
  for (let start = 0; start < data.length; start += width) {
    const end = Math.min(start + width, data.length)
    const hex = data.toString('hex', start, end).toUpperCase().replaceAll(/../g, '$& ')
    const text = data.toString('latin1', start, end).replaceAll(/[^ -~]/g, '.')
    const offset = start.toString(16).toUpperCase().padStart(4, '0')
    rows.push(`${offset}  ${hex.slice(0, half).padEnd(half)} ${hex.slice(half).padEnd(half)} ${text}`)
  }
  return rows
}

/** Rows of hex and the control lines, each with the seconds since the port was opened: `000003.001 TX   0000  48 45 …`. */
export function hexFormat(coloured: boolean, now: () => number = () => performance.now()): Format {
  const start = now()
  const lines = (colour: keyof typeof colours, label: string, rows: readonly string[]) => {
    const time = ((now() - start) / 1000).toFixed(3).padStart(10, '0')
    const plain = rows.map((row) => `${time} ${label.padEnd(4)} ${row}\n`).join('')
    return coloured ? `${colours[colour]}${plain}${colours.none}` : plain
  }
  const orEmpty = (bytes: Uint8Array) => (bytes.byteLength === 0 ? ['<empty>'] : hexRows(bytes))
  return {
    received: (bytes) => lines('received', 'RX', orEmpty(bytes)),
    sent: (bytes) => lines('sent', 'TX', orEmpty(bytes)),
    control: (label, what) => lines('control', label, [what]),
  }
}

/** The bytes alone, as they are. */
export function rawFormat(coloured: boolean): Format {
  const bytes = (colour: keyof typeof colours, data: Uint8Array) =>
    coloured
      ? Buffer.concat([Buffer.from(colours[colour]), data, Buffer.from(colours.none)])
      : Uint8Array.from(data)
  return {
    received: (data) => bytes('received', data),
    sent: (data) => bytes('sent', data),
    control: () => '',
  }
}
