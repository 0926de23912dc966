// The wire protocol between a USB host controller that is none, the kernel's vhci_hcd, and a device that is a program.
// Source: Linux, Documentation/usb/usbip_protocol.rst.

/** What the kernel wants: a transfer, or one taken back. */
export type UsbipRequest =
  | {
      readonly kind: 'submit'
      readonly number: number
      readonly endpoint: number
      readonly input: boolean
      /** How many bytes there is room for, or are sent. */
      readonly length: number
      readonly setup: Buffer
      readonly data: Buffer
    }
  | { readonly kind: 'unlink'; readonly number: number; readonly victim: number }

const headerSize = 48
const commands = { submit: 1, unlink: 2, submitted: 3, unlinked: 4 } as const

/** Error numbers of Linux, as USB uses them. Source: Linux, Documentation/driver-api/usb/error-codes.rst. */
const EPIPE = 32
const ECONNRESET = 104

/** Cuts the stream from the kernel into requests. */
export class UsbipParser {
  #rest: Buffer = Buffer.alloc(0)

  parse(chunk: Buffer): UsbipRequest[] {
    const requests: UsbipRequest[] = []
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (let size = sizeOf(rest); size <= rest.length; size = sizeOf(rest)) {
      requests.push(decode(rest.subarray(0, size)))
      rest = rest.subarray(size)
    }
    // A copy: the memory is used again.
    this.#rest = Buffer.from(rest)
    return requests
  }
}

/** How long the request is that begins here. */
function sizeOf(bytes: Buffer): number {
  if (bytes.length < headerSize) return headerSize
  const sends = bytes.readUInt32BE(0) === commands.submit && bytes.readUInt32BE(12) === 0
  return headerSize + (sends ? bytes.readUInt32BE(24) : 0)
}

function decode(bytes: Buffer): UsbipRequest {
  const command = bytes.readUInt32BE(0)
  const number = bytes.readUInt32BE(4)
  if (command === commands.unlink) return { kind: 'unlink', number, victim: bytes.readUInt32BE(20) }
  if (command !== commands.submit) throw new Error(`usbip: what is command ${command}?`)
  return {
    kind: 'submit',
    number,
    endpoint: bytes.readUInt32BE(16),
    input: bytes.readUInt32BE(12) === 1,
    length: bytes.readUInt32BE(24),
    setup: bytes.subarray(40, headerSize),
    data: bytes.subarray(headerSize),
  }
}

/** The answer to a transfer: how many bytes were moved, and those that go to the kernel. */
export function submitted(number: number, length: number, data?: Uint8Array): Buffer {
  return header(commands.submitted, number, 0, length, data)
}

/** The device does not know that request: it stalls. */
export function stalled(number: number): Buffer {
  return header(commands.submitted, number, -EPIPE, 0)
}

/** The answer to an unlink: whether the transfer was still under way. */
export function unlinked(number: number, inTime: boolean): Buffer {
  return header(commands.unlinked, number, inTime ? -ECONNRESET : 0, 0)
}

function header(command: number, number: number, status: number, length: number, data?: Uint8Array): Buffer {
  const answer = Buffer.alloc(headerSize + (data?.byteLength ?? 0))
  answer.writeUInt32BE(command, 0)
  answer.writeUInt32BE(number, 4)
  answer.writeInt32BE(status, 20)
  answer.writeInt32BE(length, 24)
  // No packets: none of these transfers is isochronous.
  if (command === commands.submitted) answer.writeInt32BE(-1, 32)
  if (data !== undefined) answer.set(data, headerSize)
  return answer
}
